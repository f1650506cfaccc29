#include "cluster/assignment/java_order.hpp"

#include "connectors/support/text.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace millrace::cluster {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}

bool java_less(std::string_view left, std::string_view right) {
    if (is_ascii(left) && is_ascii(right)) return left < right;
    return to_utf16(left) < to_utf16(right);
}

std::vector<std::string> hash_map_order(const std::vector<std::string>& keys) {
    std::size_t capacity = 16;
    while (keys.size() * 4 > capacity * 3) capacity *= 2;
    std::vector<std::tuple<std::size_t, std::size_t, std::string>> buckets;  // bucket, age, key
    buckets.reserve(keys.size());
    for (const auto& key : keys) {
        const auto hash = java_hash(key);
        buckets.emplace_back((hash ^ (hash >> 16)) & (capacity - 1), buckets.size(), key);
    }
    std::sort(buckets.begin(), buckets.end());
    std::vector<std::string> order;
    order.reserve(keys.size());
    for (auto& [bucket, age, key] : buckets) order.push_back(std::move(key));
    return order;
}

}
