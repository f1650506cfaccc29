/// Geometric types: PostgreSQL's text to coordinates and to well-known binary (little-endian, two dimensions), and
/// PostGIS's hexadecimal EWKB to bytes and SRID.
///
/// Throws  DataException if the text is not of its type.
/// Facts   PostgreSQL manual, "Geometric Types"; OGC Simple Feature Access, well-known binary; PostGIS manual, EWKB.
#pragma once
#include "connectors/api/arena.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace millrace::postgres {

struct Point2 {
    double x = 0;
    double y = 0;
    bool operator==(const Point2&) const = default;
};
struct Line {
    double a = 0;
    double b = 1;
    double c = 0;
};
struct Circle {
    Point2 center;
    double radius = 0;
};
struct Path {
    std::span<const Point2> points;  ///< in the arena
    bool closed = false;
};

Point2 parse_point(std::string_view text);
Line parse_line(std::string_view text);
Circle parse_circle(std::string_view text);
/// lseg [(x,y),(x,y)], box (x,y),(x,y), path [(x,y),...] or ((x,y),...), polygon ((x,y),...).
Path parse_points(std::string_view text, Arena& arena);

std::string_view wkb_point(Point2 point, Arena& arena);
std::string_view wkb_line_string(std::span<const Point2> points, Arena& arena);
/// One ring, as given.
std::string_view wkb_polygon(std::span<const Point2> ring, Arena& arena);
/// The rectangle between two corners as a closed ring that begins at the first.
std::span<const Point2> box_ring(Point2 first, Point2 second, Arena& arena);
/// The points with the first repeated at the end where it is not there yet.
std::span<const Point2> closed_ring(std::span<const Point2> points, Arena& arena);

struct Ewkb {
    std::string_view bytes;  ///< in the arena
    std::optional<std::int32_t> srid;
};
Ewkb parse_ewkb(std::string_view hex, Arena& arena);

/// pgvector: [1,2.5,-3].
std::span<const double> parse_vector(std::string_view text, Arena& arena);
struct SparseVector {
    struct Element {
        std::int16_t index;
        double value;
    };
    std::int16_t dimensions = 0;
    std::span<const Element> elements;
};
/// {1:1.5,3:2}/5. Throws above 32767, which the Connect type cannot hold.
SparseVector parse_sparse_vector(std::string_view text, Arena& arena);

}
