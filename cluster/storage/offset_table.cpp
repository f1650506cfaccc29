#include "cluster/storage/offset_table.hpp"

#include "cluster/storage/offset_records.hpp"
#include "connectors/api/errors.hpp"

#include <algorithm>
#include <map>

namespace millrace::cluster {

std::string OffsetTable::apply(std::string_view key, std::optional<std::string_view> value) {
    try {
        auto parsed = parse_offset_key(key);
        auto& entry = by_meaning_[canonical_offset_key(parsed.connector, parsed.partition.entries())];
        entry.connector = std::move(parsed.connector);
        if (entry.key.empty() || value) entry.key = key;  // a Java worker's tombstone of other bytes is no better name
        const bool had_one = entry.value.has_value();
        entry.value = value && parse_offset_value(*value) ? std::optional(std::string(*value)) : std::nullopt;
        if (entry.value && !had_one) entry.since = ++appeared_;
        return {};
    } catch (const DataException& e) {
        return std::string("Ignoring a record of the offset topic: ") + e.what();
    }
}

std::optional<OffsetMap> OffsetTable::find(std::string_view connector, OffsetEntries partition) const {
    const auto it = by_meaning_.find(canonical_offset_key(connector, partition));
    if (it == by_meaning_.end() || !it->second.value) return std::nullopt;
    return parse_offset_value(*it->second.value);
}

std::string OffsetTable::key_bytes(std::string_view connector, OffsetEntries partition) const {
    const auto it = by_meaning_.find(canonical_offset_key(connector, partition));
    return it == by_meaning_.end() ? offset_key(connector, partition) : it->second.key;
}

std::vector<std::pair<OffsetMap, OffsetMap>> OffsetTable::entries(std::string_view connector) const {
    std::vector<const Entry*> wanted;
    for (const auto& [meaning, entry] : by_meaning_)
        if (entry.connector == connector && entry.value) wanted.push_back(&entry);
    std::ranges::sort(wanted, {}, &Entry::since);
    std::vector<std::pair<OffsetMap, OffsetMap>> found;
    for (const auto* entry : wanted)
        found.emplace_back(parse_offset_key(entry->key).partition, *parse_offset_value(*entry->value));
    return found;
}

std::vector<std::pair<std::string, std::string>> OffsetTable::all() const {
    std::map<std::string, std::string> sorted;
    for (const auto& [meaning, entry] : by_meaning_)
        if (entry.value) sorted.emplace(entry.key, *entry.value);
    return {sorted.begin(), sorted.end()};
}

}
