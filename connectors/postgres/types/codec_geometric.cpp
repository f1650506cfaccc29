// Points, lines, circles and other shapes; PostGIS; pgvector.
#include "connectors/postgres/types/codec.hpp"
#include "connectors/postgres/types/geometry.hpp"
#include "connectors/postgres/types/hstore.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <algorithm>

namespace millrace::postgres {

namespace {

Value point_value(Point2 point, Arena& arena) {
    return make_struct(arena, Value::float64(point.x), Value::float64(point.y), Value::bytes(wkb_point(point, arena)),
                       Value());
}
Value point_of(const Codec&, std::string_view text, Arena& arena) { return point_value(parse_point(text), arena); }

Value line_of(const Codec&, std::string_view text, Arena& arena) {
    const auto line = parse_line(text);
    return make_struct(arena, Value::float64(line.a), Value::float64(line.b), Value::float64(line.c));
}

Value circle_of(const Codec&, std::string_view text, Arena& arena) {
    const auto circle = parse_circle(text);
    return make_struct(arena, point_value(circle.center, arena), Value::float64(circle.radius));
}

/// {wkb, srid, extensions: {"type": type, "closed": closed}}
Value shape(std::string_view wkb, std::string_view type, std::string_view closed, Arena& arena) {
    const std::size_t size = closed.empty() ? 1 : 2;
    auto* const extensions = arena.make_array<MapEntry>(size);
    extensions[0] = {Value::string("type"), Value::string(type)};
    if (size == 2) extensions[1] = {Value::string("closed"), Value::string(closed)};
    return make_struct(arena, Value::bytes(wkb), Value(), Value::map({extensions, size}));
}

Path two_points(std::string_view text, Arena& arena) {
    const auto path = parse_points(text, arena);
    if (path.points.size() != 2) throw DataException(fmt::format("two points were expected: '{}'", text));
    return path;
}

Value box_of(const Codec&, std::string_view text, Arena& arena) {
    const auto corners = two_points(text, arena).points;
    return shape(wkb_polygon(box_ring(corners[0], corners[1], arena), arena), "box", {}, arena);
}
Value lseg_of(const Codec&, std::string_view text, Arena& arena) {
    return shape(wkb_line_string(two_points(text, arena).points, arena), "lseg", {}, arena);
}
Value path_of(const Codec&, std::string_view text, Arena& arena) {
    const auto path = parse_points(text, arena);
    return shape(wkb_line_string(path.points, arena), "path", path.closed ? "true" : "false", arena);
}
Value zero_path_of(const Codec&, std::string_view text, Arena& arena) {
    return shape(wkb_line_string(parse_points(text, arena).points, arena), "path", {}, arena);
}
Value polygon_of(const Codec&, std::string_view text, Arena& arena) {
    const auto ring = closed_ring(parse_points(text, arena).points, arena);
    return shape(wkb_polygon(ring, arena), "polygon", {}, arena);
}

Value srid_value(const Ewkb& ewkb) { return ewkb.srid ? Value::int32(*ewkb.srid) : Value(); }
Value geometry_of(const Codec&, std::string_view text, Arena& arena) {
    const auto ewkb = parse_ewkb(text, arena);
    return make_struct(arena, Value::bytes(ewkb.bytes), srid_value(ewkb), Value());
}
Value geography_of(const Codec&, std::string_view text, Arena& arena) {
    const auto ewkb = parse_ewkb(text, arena);
    return make_struct(arena, Value::bytes(ewkb.bytes), srid_value(ewkb));
}

template <class Make>
Value array_of(std::span<const double> numbers, Arena& arena, Make make) {
    auto* const values = arena.make_array<Value>(numbers.size());
    std::ranges::transform(numbers, values, make);
    return Value::array({values, numbers.size()});
}
Value vector_of(const Codec&, std::string_view text, Arena& arena) {
    return array_of(parse_vector(text, arena), arena, [](double v) { return Value::float64(v); });
}
Value half_vector_of(const Codec&, std::string_view text, Arena& arena) {
    return array_of(parse_vector(text, arena), arena, [](double v) { return Value::float32(static_cast<float>(v)); });
}
Value sparse_vector_of(const Codec&, std::string_view text, Arena& arena) {
    const auto sparse = parse_sparse_vector(text, arena);
    auto* const entries = arena.make_array<HashedEntry>(sparse.elements.size());
    for (std::size_t i = 0; i < sparse.elements.size(); ++i) {
        const auto [index, value] = sparse.elements[i];
        entries[i] = {.hash = static_cast<std::uint32_t>(std::int32_t{index}),
                      .entry = {Value::int16(index), Value::float64(value)}};
    }
    const auto ordered = java_hash_order({entries, sparse.elements.size()}, sparse.elements.size(), arena);
    return make_struct(arena, Value::int16(sparse.dimensions), Value::map(ordered));
}

SchemaParts struct_schema(std::string_view name, std::int32_t version, std::string doc, std::vector<Field> fields) {
    return {.type = Type::Struct,
            .name = fmt::format("io.debezium.data.{}", name),
            .version = version,
            .doc = std::move(doc),
            .fields = std::move(fields)};
}

SchemaParts point_schema() {
    return struct_schema("geometry.Point", 1, "Geometry (POINT)",
                         {{"x", plain_schema(Type::Float64, false)},
                          {"y", plain_schema(Type::Float64, false)},
                          {"wkb", plain_schema(Type::Bytes, true)},
                          {"srid", plain_schema(Type::Int32, true)}});
}

SchemaParts line_schema() {
    return struct_schema("geometry.Line", 1, "Geometry (LINE)",
                         {{"a", plain_schema(Type::Float64, false)},
                          {"b", plain_schema(Type::Float64, false)},
                          {"c", plain_schema(Type::Float64, false)}});
}

SchemaParts circle_schema() {
    return struct_schema("geometry.Circle", 1, "Geometry (CIRCLE)",
                         {{"center", make_schema(point_schema())}, {"radius", plain_schema(Type::Float64, false)}});
}

SchemaParts geometry_schema() {
    const auto extensions = make_schema({.type = Type::Map,
                                         .optional = true,
                                         .key = plain_schema(Type::String, false),
                                         .value = plain_schema(Type::String, false)});
    return struct_schema("geometry.Geometry", 2, "Geometry",
                         {{"wkb", plain_schema(Type::Bytes, false)},
                          {"srid", plain_schema(Type::Int32, true)},
                          {"extensions", extensions}});
}

SchemaParts geography_schema() {
    return struct_schema("geometry.Geography", 1, "Geography",
                         {{"wkb", plain_schema(Type::Bytes, false)}, {"srid", plain_schema(Type::Int32, true)}});
}

SchemaParts vector_schema(std::string_view name, Type element) {
    return {.type = Type::Array,
            .name = fmt::format("io.debezium.data.{}", name),
            .version = 1,
            .value = plain_schema(element, false)};
}

SchemaParts sparse_vector_schema() {
    const auto map = make_schema(
        {.type = Type::Map, .key = plain_schema(Type::Int16, false), .value = plain_schema(Type::Float64, false)});
    return struct_schema("SparseDoubleVector", 1, "Sparse double vector",
                         {{"dimensions", plain_schema(Type::Int16, false)}, {"vector", map}});
}

TypedCodec codec_of(Codec::Convert convert, SchemaParts schema, std::string zero) {
    auto codec = std::make_unique<Codec>();
    codec->convert = convert;
    codec->zero_text = std::move(zero);
    if (codec->zero_text.empty()) codec->zero = Codec::Zero::EmptyArray;
    return {.codec = std::move(codec), .schema = std::move(schema)};
}

TypedCodec extension_codec(const TypeRow& type) {
    constexpr auto empty_collection = "010700000000000000";
    if (type.name == "geometry") {
        auto made = codec_of(geometry_of, geometry_schema(), empty_collection);
        made.always_optional = true;
        return made;
    }
    if (type.name == "geography") return codec_of(geography_of, geography_schema(), empty_collection);
    if (type.name == "vector") return codec_of(vector_of, vector_schema("DoubleVector", Type::Float64), {});
    if (type.name == "halfvec") return codec_of(half_vector_of, vector_schema("FloatVector", Type::Float32), {});
    if (type.name == "sparsevec") return codec_of(sparse_vector_of, sparse_vector_schema(), "{}/0");
    return {};
}

}

TypedCodec make_geometric_codec(const TypeRegistry::Resolved& type) {
    // Zeros are shapes that a consumer with a geometry library accepts, so not all of them are points.
    TypedCodec made;
    switch (type.type->oid) {
    case oid::point:
        return codec_of(point_of, point_schema(), "(0,0)");
    case oid::line:
        made = codec_of(line_of, line_schema(), "{0,1,0}");
        break;
    case oid::circle:
        made = codec_of(circle_of, circle_schema(), "<(0,0),0>");
        break;
    case oid::box:
        made = codec_of(box_of, geometry_schema(), "(0,0),(1,1)");
        break;
    case oid::lseg:
        made = codec_of(lseg_of, geometry_schema(), "[(0,0),(1,0)]");
        break;
    case oid::path:
        made = codec_of(path_of, geometry_schema(), "[(0,0),(1,0)]");
        break;
    case oid::polygon:
        made = codec_of(polygon_of, geometry_schema(), "((0,0),(1,0),(0,1))");
        break;
    default:
        return type.type->kind == 'b' ? extension_codec(*type.type) : TypedCodec{};
    }
    made.always_optional = true;
    if (type.type->oid == oid::path) made.codec->convert_zero = zero_path_of;
    return made;
}

}
