/// Geometries in their two binary forms: WKB of the Open Geospatial Consortium, and PostGIS's EWKB, which holds the
/// spatial reference (SRID) too.
///
/// Output  new bytes in `arena`.
/// Throws  DataException for bytes that are no geometry.
/// Facts   PostGIS manual, "EWKB"; Debezium: io.debezium.spatial.
#pragma once
#include "connectors/api/arena.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::transforms {

/// True if an SRID is in the bytes; what is too short to tell has none.
bool is_extended_geometry(std::string_view wkb);
/// `wkb` must not be extended.
std::string_view with_srid(std::string_view wkb, std::int32_t srid, Arena& arena);
/// `wkb` must be extended.
std::string_view without_srid(std::string_view wkb, Arena& arena);
/// With the first two coordinates of each point in the other order. What follows the geometry is left out.
std::string_view with_swapped_coordinates(std::string_view wkb, Arena& arena);

}
