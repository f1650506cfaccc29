#include "connectors/postgres/types/geometry.hpp"

#include "connectors/postgres/types/hex.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace millrace::postgres {

namespace {

constexpr std::uint8_t little_endian = 1;
constexpr std::uint32_t wkb_type_point = 1;
constexpr std::uint32_t wkb_type_line_string = 2;
constexpr std::uint32_t wkb_type_polygon = 3;

template <class T>
T number(TextCursor& in) {
    const auto text = in.rest();
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) in.fail("a number was expected");
    in.advance(static_cast<std::size_t>(end - text.data()));
    return value;
}

Point2 read_point(TextCursor& in) {
    Point2 point;
    in.expect('(');
    point.x = number<double>(in);
    in.expect(',');
    point.y = number<double>(in);
    in.expect(')');
    return point;
}

class WkbWriter {
public:
    WkbWriter(std::size_t bytes, Arena& arena) : begin_(arena.make_array<char>(bytes)), at_(begin_) {}
    void header(std::uint32_t type) {
        *at_++ = little_endian;
        count(type);
    }
    void count(std::uint32_t value) {
        for (int shift = 0; shift < 32; shift += 8) *at_++ = static_cast<char>(value >> shift & 0xff);
    }
    void point(Point2 point) {
        coordinate(point.x);
        coordinate(point.y);
    }
    std::string_view bytes() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

private:
    void coordinate(double value) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        for (int shift = 0; shift < 64; shift += 8) *at_++ = static_cast<char>(bits >> shift & 0xff);
    }

    char* begin_;
    char* at_;
};

constexpr std::size_t header_bytes = 5;
constexpr std::size_t count_bytes = 4;
constexpr std::size_t point_bytes = 16;

}

Point2 parse_point(std::string_view text) {
    TextCursor in(text, "point");
    const auto point = read_point(in);
    in.expect_end();
    return point;
}

Line parse_line(std::string_view text) {
    TextCursor in(text, "line");
    Line line;
    in.expect('{');
    line.a = number<double>(in);
    in.expect(',');
    line.b = number<double>(in);
    in.expect(',');
    line.c = number<double>(in);
    in.expect('}');
    in.expect_end();
    return line;
}

Circle parse_circle(std::string_view text) {
    TextCursor in(text, "circle");
    Circle circle;
    in.expect('<');
    circle.center = read_point(in);
    in.expect(',');
    circle.radius = number<double>(in);
    in.expect('>');
    in.expect_end();
    return circle;
}

Path parse_points(std::string_view text, Arena& arena) {
    TextCursor in(text, "list of points");
    const bool open = in.skip('[');
    const bool closed = !open && in.skip("((");
    const auto size = static_cast<std::size_t>(std::ranges::count(text, '(')) - (closed ? 1 : 0);
    if (size == 0) in.fail("it has no points");
    auto* const points = arena.make_array<Point2>(size);
    if (closed) in = TextCursor(text.substr(1), "list of points");
    for (std::size_t i = 0; i < size; ++i) {
        if (i != 0) in.expect(',');
        points[i] = read_point(in);
    }
    if (open) in.expect(']');
    if (closed) in.expect(')');
    in.expect_end();
    return {.points = {points, size}, .closed = closed};
}

std::string_view wkb_point(Point2 point, Arena& arena) {
    WkbWriter out(header_bytes + point_bytes, arena);
    out.header(wkb_type_point);
    out.point(point);
    return out.bytes();
}

std::string_view wkb_line_string(std::span<const Point2> points, Arena& arena) {
    WkbWriter out(header_bytes + count_bytes + points.size() * point_bytes, arena);
    out.header(wkb_type_line_string);
    out.count(static_cast<std::uint32_t>(points.size()));
    for (const auto& point : points) out.point(point);
    return out.bytes();
}

std::string_view wkb_polygon(std::span<const Point2> ring, Arena& arena) {
    WkbWriter out(header_bytes + 2 * count_bytes + ring.size() * point_bytes, arena);
    out.header(wkb_type_polygon);
    out.count(1);
    out.count(static_cast<std::uint32_t>(ring.size()));
    for (const auto& point : ring) out.point(point);
    return out.bytes();
}

std::span<const Point2> box_ring(Point2 first, Point2 second, Arena& arena) {
    constexpr std::size_t corners = 5;
    auto* const ring = arena.make_array<Point2>(corners);
    ring[0] = ring[4] = first;
    ring[1] = {first.x, second.y};
    ring[2] = second;
    ring[3] = {second.x, first.y};
    return {ring, corners};
}

std::span<const Point2> closed_ring(std::span<const Point2> points, Arena& arena) {
    if (points.size() < 2 || points.front() == points.back()) return points;
    auto* const ring = arena.make_array<Point2>(points.size() + 1);
    std::ranges::copy(points, ring);
    ring[points.size()] = points.front();
    return {ring, points.size() + 1};
}

Ewkb parse_ewkb(std::string_view hex, Arena& arena) {
    constexpr std::size_t shortest = 9;
    constexpr std::uint32_t has_srid = 0x20000000;
    auto* const bytes = arena.make_array<char>(hex.size() / 2);
    const auto size = hex.size() / 2;
    if (!decode_hex(hex, bytes) || size < shortest) refuse("not a geometry in EWKB", hex);
    const auto integer = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto byte = static_cast<std::uint8_t>(bytes[at + (bytes[0] != 0 ? 3 - i : i)]);
            value = value << 8 | byte;
        }
        return value;
    };
    Ewkb result{.bytes = {bytes, size}, .srid = {}};
    if ((integer(1) & has_srid) != 0) result.srid = static_cast<std::int32_t>(integer(5));
    return result;
}

std::span<const double> parse_vector(std::string_view text, Arena& arena) {
    TextCursor in(text, "vector");
    in.expect('[');
    const auto size = static_cast<std::size_t>(std::ranges::count(text, ',')) + 1;
    auto* const values = arena.make_array<double>(size);
    for (std::size_t i = 0; i < size; ++i) {
        if (i != 0) in.expect(',');
        values[i] = number<double>(in);
    }
    in.expect(']');
    in.expect_end();
    return {values, size};
}

SparseVector parse_sparse_vector(std::string_view text, Arena& arena) {
    TextCursor in(text, "sparse vector");
    SparseVector vector;
    in.expect('{');
    if (!in.skip('}')) {
        const auto size = static_cast<std::size_t>(std::ranges::count(text, ',')) + 1;
        auto* const elements = arena.make_array<SparseVector::Element>(size);
        for (std::size_t i = 0; i < size; ++i) {
            if (i != 0) in.expect(',');
            elements[i].index = number<std::int16_t>(in);
            in.expect(':');
            elements[i].value = number<double>(in);
        }
        vector.elements = {elements, size};
        in.expect('}');
    }
    in.expect('/');
    vector.dimensions = number<std::int16_t>(in);
    in.expect_end();
    return vector;
}

}
