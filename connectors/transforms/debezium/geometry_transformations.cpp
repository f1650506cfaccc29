#include "connectors/transforms/debezium/geometry_transformations.hpp"

#include "connectors/support/java_number.hpp"
#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/debezium/geometry_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace millrace::transforms {

namespace {

constexpr ConfigKey format_keys[] = {
    {.name = "format",
     .type = ConfigType::String,
     .default_value = "wkb",
     .importance = Importance::Low,
     .doc = "The target Geometry format to convert to. Options are 'wkb' and 'ewkb'",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Target Format"},
};

constexpr ConfigKey swap_keys[] = {
    {.name = "srids",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "A comma-separated list of Geometry SRIDs that indicate which geometry fields should be included when "
            "swapping coordinates.",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Geometry SRIDs that should be considered for coordinate swapping"},
};

std::int32_t srid_of(const std::string& text) {
    constexpr auto least = std::numeric_limits<std::int32_t>::min();
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    const auto number = parse_java_integer(text, least, most);
    if (!number) throw ConfigException(fmt::format("Invalid value {} for configuration srids: not a number", text));
    return static_cast<std::int32_t>(*number);
}

}

std::span<const ConfigKey> GeometryFormatTransformer::config_keys() const noexcept { return format_keys; }

void GeometryFormatTransformer::configure(const Settings& settings) {
    const bool extends = choice(ConfigDef(format_keys).parse(settings), "format", {"wkb", "ewkb"}) == 0;
    geometries_ = GeometryFields(
        [extends](std::string_view wkb, std::optional<std::int32_t> srid, Arena& arena) {
            if (is_extended_geometry(wkb)) return without_srid(wkb, arena);
            return extends && srid ? with_srid(wkb, *srid, arena) : wkb;
        },
        false);
}

bool GeometryFormatTransformer::apply(ConnectRecord& record, Arena& arena) {
    geometries_.apply(record, arena);
    return true;
}

std::span<const ConfigKey> SwapGeometryCoordinates::config_keys() const noexcept { return swap_keys; }

void SwapGeometryCoordinates::configure(const Settings& settings) {
    std::vector<std::int32_t> srids{4326, 3857, 4269};
    if (const auto list = ConfigDef(swap_keys).parse(settings).find("srids")) {
        srids.clear();
        for (const auto& text : split_list(*list)) srids.push_back(srid_of(text));
    }
    geometries_ = GeometryFields(
        [srids](std::string_view wkb, std::optional<std::int32_t> srid, Arena& arena) {
            if (!srid || std::ranges::find(srids, *srid) == srids.end()) return wkb;
            try {
                return with_swapped_coordinates(wkb, arena);
            } catch (const DataException& e) {
                throw DataException(fmt::format("Failed to swap EWKB/WKB coordinates: {}", e.what()));
            }
        },
        true);
}

bool SwapGeometryCoordinates::apply(ConnectRecord& record, Arena& arena) {
    geometries_.apply(record, arena);
    return true;
}

}
