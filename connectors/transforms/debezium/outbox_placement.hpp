/// Where a further column of an outbox table goes: table.fields.additional.placement.
///
/// Facts   Debezium: EventRouterConfigDefinition.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <vector>

namespace millrace::transforms {

struct OutboxPlacement {
    enum class Place : std::uint8_t { Header, Envelope, Partition } place;
    std::string column;
    std::string alias;
};

/// Items are "column:place" or "column:place:alias". Throws ConfigException for others.
std::vector<OutboxPlacement> parse_placements(const Config& config, std::string_view key);

}
