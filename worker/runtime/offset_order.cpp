#include "worker/runtime/offset_order.hpp"

#include "connectors/support/java_hash_map.hpp"
#include "connectors/support/java_value_hash.hpp"
#include "connectors/support/json_values.hpp"
#include "connectors/support/text.hpp"

#include <algorithm>
#include <numeric>

namespace millrace::worker {

namespace {

std::uint32_t byte_buffer_hash(std::string_view bytes) {
    std::uint32_t hash = 1;
    for (auto i = bytes.size(); i-- > 0;) {
        hash = 31 * hash + static_cast<std::uint32_t>(static_cast<signed char>(bytes[i]));
    }
    return hash;
}

std::uint32_t hash_of(const TopicPartition& at) {
    return 31 * (31 + static_cast<std::uint32_t>(at.partition)) + java_hash(at.topic);
}

/// As the offsets topic has it.
std::string key_of(const std::string& connector, const OffsetMap& partition) {
    std::string key;
    json::Writer(key).begin_array().string(connector);
    key += ',';
    append_offset_entries(key, partition.entries());
    return key + ']';
}

}

OffsetMap members_in_java_order(const OffsetMap& map) {
    std::vector<OffsetEntry> entries(map.entries().begin(), map.entries().end());
    const auto table = java_table_size(entries.size(), 0);
    std::ranges::stable_sort(entries, {}, [&](const OffsetEntry& e) { return java_place(java_hash(e.key), table); });
    return OffsetMap(entries);
}

void order_source_offsets(ConnectorOffsets& offsets, const std::string& connector) {
    struct Placed {
        std::size_t place = 0;
        std::size_t place_of_key = 0;
        ConnectorOffset offset;
    };
    const auto by_partition = java_table_size(offsets.size(), offsets.size());
    const auto by_key = java_table_size(offsets.size(), java_copy_capacity(offsets.size()));
    std::vector<Placed> placed;
    placed.reserve(offsets.size());
    for (auto& one : offsets) {
        const auto hash = static_cast<std::uint32_t>(java_value_hash(one.partition->entries()));
        const auto key = byte_buffer_hash(key_of(connector, *one.partition));
        placed.push_back({java_place(hash, by_partition), java_place(key, by_key), std::move(one)});
    }
    std::ranges::stable_sort(placed, {}, [](const Placed& p) { return std::pair(p.place, p.place_of_key); });
    std::ranges::transform(placed, offsets.begin(), [](Placed& p) { return std::move(p.offset); });
}

void order_sink_offsets(std::vector<TopicPartition>& partitions) {
    const auto table = java_table_size(partitions.size(), 0);
    std::ranges::stable_sort(partitions, {}, [&](const TopicPartition& at) { return java_place(hash_of(at), table); });
}

}
