#include "connectors/transforms/debezium/geometry_bytes.hpp"

#include "connectors/support/byte_reader.hpp"

#include <algorithm>
#include <utility>

namespace millrace::transforms {

namespace {

constexpr std::uint32_t z_flag = 0x80000000;
constexpr std::uint32_t m_flag = 0x40000000;
constexpr std::uint32_t srid_flag = 0x20000000;
constexpr std::uint32_t type_mask = 0xFF;
constexpr std::size_t header_bytes = 5;  ///< byte order and type
constexpr std::size_t srid_bytes = 4;
constexpr std::size_t coordinate_bytes = 8;
constexpr int most_levels = 100;  ///< of collections within collections

enum class Shape : std::uint32_t {
    Point = 1,
    LineString = 2,
    Polygon = 3,
    MultiPoint = 4,
    MultiLineString = 5,
    MultiPolygon = 6,
    Collection = 7
};

std::uint32_t in_order(std::uint32_t big_endian, bool little) noexcept {
    return little ? __builtin_bswap32(big_endian) : big_endian;
}

std::uint32_t read_number(ByteReader& in, bool little, std::string_view what) { return in_order(in.u32(what), little); }
bool read_order(ByteReader& in) { return in.u8("byte order") == 1; }

void put_number(char* to, std::uint32_t number, bool little) noexcept {
    for (int i = 0; i < 4; ++i) to[little ? i : 3 - i] = static_cast<char>(number >> (8 * i));
}

/// Walks through a geometry and swaps coordinates in a copy of it.
class Swapper {
public:
    Swapper(std::string_view wkb, char* copy) : in_(wkb, "geometry"), copy_(copy) {}

    /// Where the geometry ends.
    std::size_t run() {
        geometry(read_order(in_), 0);
        return in_.offset();
    }

private:
    void geometry(bool little, int level) {
        if (level > most_levels) in_.fail("collection", "is nested too deep");
        const auto type = read_number(in_, little, "type");
        if ((type & srid_flag) != 0) read_number(in_, little, "SRID");
        coordinates_ = 2 + ((type & z_flag) != 0 ? 1 : 0) + ((type & m_flag) != 0 ? 1 : 0);
        const auto shape_number = type & type_mask;
        if (shape_number < 1 || shape_number > 7) in_.fail("type", "is unknown");
        const auto shape = static_cast<Shape>(shape_number);
        switch (shape) {
        case Shape::Point:
        case Shape::LineString:
        case Shape::Polygon:
            return simple(shape, little);
        case Shape::MultiPoint:
            return parts(Shape::Point, little);
        case Shape::MultiLineString:
            return parts(Shape::LineString, little);
        case Shape::MultiPolygon:
            return parts(Shape::Polygon, little);
        case Shape::Collection:
            for (auto left = read_number(in_, little, "count of geometries"); left > 0; --left) {
                geometry(read_order(in_), level + 1);
            }
            return;
        }
    }

    void simple(Shape shape, bool little) {
        if (shape == Shape::Point) return points(1);
        if (shape == Shape::LineString) return points(read_number(in_, little, "count of points"));
        for (auto left = read_number(in_, little, "count of rings"); left > 0; --left) {
            points(read_number(in_, little, "count of points"));
        }
    }

    void parts(Shape shape, bool little) {
        for (auto left = read_number(in_, little, "count of parts"); left > 0; --left) {
            const bool part_little = read_order(in_);
            read_number(in_, part_little, "type");
            simple(shape, part_little);
        }
    }

    void points(std::uint32_t count) {
        for (; count > 0; --count) {
            auto* first = copy_ + in_.offset();
            in_.bytes(coordinates_ * coordinate_bytes, "point");
            std::swap_ranges(first, first + coordinate_bytes, first + coordinate_bytes);
        }
    }

    ByteReader in_;
    char* copy_;
    std::size_t coordinates_ = 2;
};

}

bool is_extended_geometry(std::string_view wkb) {
    if (wkb.size() < header_bytes) return false;
    ByteReader in(wkb, "geometry");
    const bool little = read_order(in);
    return (read_number(in, little, "type") & srid_flag) != 0;
}

std::string_view with_srid(std::string_view wkb, std::int32_t srid, Arena& arena) {
    ByteReader in(wkb, "geometry");
    const bool little = read_order(in);
    const auto type = read_number(in, little, "type");
    auto* made = arena.make_array<char>(wkb.size() + srid_bytes);
    made[0] = wkb[0];
    put_number(made + 1, type | srid_flag, little);
    put_number(made + header_bytes, static_cast<std::uint32_t>(srid), little);
    std::ranges::copy(wkb.substr(header_bytes), made + header_bytes + srid_bytes);
    return {made, wkb.size() + srid_bytes};
}

std::string_view without_srid(std::string_view wkb, Arena& arena) {
    ByteReader in(wkb, "geometry");
    const bool little = read_order(in);
    const auto type = read_number(in, little, "type");
    read_number(in, little, "SRID");
    auto* made = arena.make_array<char>(wkb.size() - srid_bytes);
    made[0] = wkb[0];
    put_number(made + 1, type & ~srid_flag, little);
    std::ranges::copy(wkb.substr(header_bytes + srid_bytes), made + header_bytes);
    return {made, wkb.size() - srid_bytes};
}

std::string_view with_swapped_coordinates(std::string_view wkb, Arena& arena) {
    auto* copy = arena.make_array<char>(wkb.size());
    std::ranges::copy(wkb, copy);
    return {copy, Swapper(wkb, copy).run()};
}

}
