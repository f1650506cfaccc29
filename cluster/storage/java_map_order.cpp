#include "cluster/storage/java_map_order.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace millrace::cluster {
namespace {

/// Length of the UTF-8 sequence that starts with this byte; 1 for a byte that starts none.
std::size_t sequence_length(unsigned char lead) {
    if (lead >= 0xf0) return 4;
    if (lead >= 0xe0) return 3;
    return lead >= 0xc0 ? 2 : 1;
}

std::uint32_t java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const auto length = std::min(sequence_length(lead), text.size() - i);
        std::uint32_t point = length == 1 ? lead : lead & (0x7fU >> length);
        for (std::size_t k = 1; k < length; ++k)
            point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
        if (point >= 0x10000) {
            hash = 31 * hash + (0xd800 + ((point - 0x10000) >> 10));
            point = 0xdc00 + ((point - 0x10000) & 0x3ff);
        }
        hash = 31 * hash + point;
        i += length;
    }
    return hash;
}

}

std::vector<std::size_t> java_map_order(const std::vector<std::string_view>& keys) {
    std::size_t buckets = 16;
    while (keys.size() * 4 > buckets * 3) buckets *= 2;
    std::vector<std::size_t> bucket(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto hash = java_hash(keys[i]);
        bucket[i] = (hash ^ (hash >> 16)) & (buckets - 1);
    }
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return bucket[a] < bucket[b]; });
    return order;
}

}
