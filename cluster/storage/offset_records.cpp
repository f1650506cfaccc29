#include "cluster/storage/offset_records.hpp"

#include "cluster/storage/json_members.hpp"
#include "connectors/support/json_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace millrace::cluster {

std::string offset_key(std::string_view connector, OffsetEntries partition) {
    std::string key = "[";
    json::append_string(key, connector);
    key += ',';
    append_offset_entries(key, partition);
    key += ']';
    return key;
}

std::string offset_value(OffsetEntries offset) {
    std::string value;
    append_offset_entries(value, offset);
    return value;
}

OffsetKey parse_offset_key(std::string_view key) {
    const auto document = parse_first(key);
    const auto& root = document.root();
    const auto parts = root.is_array() ? root.elements() : std::span<const json::Node>{};
    if (parts.size() != 2 || !parts[0].is_string() || !(parts[1].is_object() || parts[1].is_null()))
        throw DataException(fmt::format("the offset key is not [connector, partition]: {}", key));
    return {std::string(parts[0].text()), parts[1].is_object() ? to_offset_map(parts[1]) : OffsetMap{}};
}

std::optional<OffsetMap> parse_offset_value(std::string_view value) {
    const auto document = parse_first(value);
    if (document.root().is_null()) return std::nullopt;
    if (!document.root().is_object()) throw DataException(fmt::format("the offset is no object: {}", value));
    return to_offset_map(document.root());
}

std::string canonical_offset_key(std::string_view connector, OffsetEntries partition) {
    std::vector<OffsetEntry> sorted(partition.begin(), partition.end());
    std::ranges::sort(sorted, {}, &OffsetEntry::key);
    return offset_key(connector, sorted);
}

}
