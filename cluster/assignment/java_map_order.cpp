#include "cluster/assignment/java_map_order.hpp"

#include "connectors/support/text.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace millrace::cluster {

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
