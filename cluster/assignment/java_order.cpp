#include "cluster/assignment/java_order.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace millrace::cluster {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// One code point; advances `at` past it, or past one byte of a malformed sequence.
char32_t next_code_point(std::string_view utf8, std::size_t& at) {
    constexpr char32_t replacement = 0xFFFD;
    const auto lead = static_cast<unsigned char>(utf8[at++]);
    if (lead < 0x80) return lead;
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || at + more > utf8.size()) return replacement;
    char32_t point = lead & (0x3FU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        const auto trail = static_cast<unsigned char>(utf8[at + i]);
        if ((trail & 0xC0) != 0x80) return replacement;
        point = (point << 6) | (trail & 0x3FU);
    }
    at += more;
    return point;
}

}

std::u16string to_utf16(std::string_view utf8) {
    std::u16string units;
    units.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        const char32_t point = next_code_point(utf8, at);
        if (point < 0x10000) {
            units.push_back(static_cast<char16_t>(point));
        } else {
            units.push_back(static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
            units.push_back(static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
        }
    }
    return units;
}

bool java_less(std::string_view left, std::string_view right) {
    if (is_ascii(left) && is_ascii(right)) return left < right;
    return to_utf16(left) < to_utf16(right);
}

std::int32_t java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    for (const char16_t unit : to_utf16(text)) hash = hash * 31 + unit;
    return static_cast<std::int32_t>(hash);
}

std::vector<std::string> hash_map_order(const std::vector<std::string>& keys) {
    std::size_t capacity = 16;
    while (keys.size() * 4 > capacity * 3) capacity *= 2;
    std::vector<std::tuple<std::size_t, std::size_t, std::string>> buckets;  // bucket, age, key
    buckets.reserve(keys.size());
    for (const auto& key : keys) {
        const auto hash = static_cast<std::uint32_t>(java_hash(key));
        buckets.emplace_back((hash ^ (hash >> 16)) & (capacity - 1), buckets.size(), key);
    }
    std::sort(buckets.begin(), buckets.end());
    std::vector<std::string> order;
    order.reserve(keys.size());
    for (auto& [bucket, age, key] : buckets) order.push_back(std::move(key));
    return order;
}

}
