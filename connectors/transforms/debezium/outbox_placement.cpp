#include "connectors/transforms/debezium/outbox_placement.hpp"

#include "connectors/support/text.hpp"
#include "connectors/transforms/debezium/checks.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

namespace {

OutboxPlacement::Place parse_place(std::string_view key, std::string_view list, std::string_view text) {
    using Place = OutboxPlacement::Place;
    if (equal_ignoring_case(text, "header")) return Place::Header;
    if (equal_ignoring_case(text, "envelope")) return Place::Envelope;
    if (equal_ignoring_case(text, "partition")) return Place::Partition;
    refuse_value(key, list, fmt::format("'{}' is no place; it must be header, envelope or partition", text));
}

}

std::vector<OutboxPlacement> parse_placements(const Config& config, std::string_view key) {
    std::vector<OutboxPlacement> placements;
    const auto list = config.get_string(key);
    for (const auto& item : split_list(list)) {
        const auto parts = java_split(item, ':');
        if (parts.size() != 2 && parts.size() != 3) {
            refuse_value(key, list,
                         fmt::format("A comma-separated list of valid String pairs or trios is expected but got: [{}]",
                                     fmt::join(split_list(list), ", ")));
        }
        placements.push_back({.place = parse_place(key, list, trim(parts[1])),
                              .column = std::string(trim(parts[0])),
                              .alias = std::string(trim(parts.back()))});
        if (parts.size() == 2) placements.back().alias = placements.back().column;
    }
    return placements;
}

}
