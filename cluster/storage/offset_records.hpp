/// Keys and values of the offset topic: `["connector",{partition}]` and the offset map, JSON without schemas.
///
/// Output  bytes equal to those of Java's JsonConverter for the same entries in the same order.
/// Throws  DataException for bytes that are no such JSON, or values that are not primitive.
#pragma once
#include "connectors/api/record.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::cluster {

std::string offset_key(std::string_view connector, OffsetEntries partition);
std::string offset_value(OffsetEntries offset);

struct OffsetKey {
    std::string connector;
    OffsetMap partition;
};
OffsetKey parse_offset_key(std::string_view key);
/// None for null.
std::optional<OffsetMap> parse_offset_value(std::string_view value);

/// The same text for the same connector and partition, in whatever order the partition's entries come.
std::string canonical_offset_key(std::string_view connector, OffsetEntries partition);

}
