#include "connectors/avro/anything_value.hpp"

#include "connectors/avro/binary.hpp"
#include "connectors/avro/decode_plan.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace millrace::avro {

namespace {

constexpr int most_levels = 500;

/// In the order of the record's fields.
enum class Field : std::size_t { Boolean, Bytes, Double, Float, Int, Long, String, Array, Map };
constexpr std::size_t fields = 9;

/// The fields before `field`, all null, and the branch of its value.
void begin(converters::TextBuffer& out, Field field) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(field); ++i) append_long(out, 0);
    append_long(out, 1);
}
void end(converters::TextBuffer& out, Field field) {
    for (std::size_t i = static_cast<std::size_t>(field) + 1; i < fields; ++i) append_long(out, 0);
}

Field field_of(const Value& value) {
    switch (value.kind()) {
    case Value::Kind::Boolean:
        return Field::Boolean;
    case Value::Kind::Int8:
    case Value::Kind::Int16:
    case Value::Kind::Int32:
        return Field::Int;
    case Value::Kind::Int64:
        return Field::Long;
    case Value::Kind::Float32:
        return Field::Float;
    case Value::Kind::Float64:
        return Field::Double;
    case Value::Kind::String:
        return Field::String;
    case Value::Kind::Array:
        return Field::Array;
    case Value::Kind::Map:
        return Field::Map;
    case Value::Kind::Bytes:
        throw DataException("Unknown Java type for schemaless data: class [B");
    default:
        throw DataException("Unknown Java type for schemaless data: class org.apache.kafka.connect.data.Struct");
    }
}

void write_level(const Value& value, converters::TextBuffer& out, int level);

void write_present(Field field, const Value& value, converters::TextBuffer& out, int level) {
    switch (field) {
    case Field::Boolean:
        out.room(1);
        return out.put(value.as_boolean() ? '\1' : '\0');
    case Field::Double:
        return append_real(out, value.as_double());
    case Field::Float:
        return append_real(out, static_cast<float>(value.as_double()));
    case Field::Int:
    case Field::Long:
        return append_long(out, value.as_integer());
    case Field::Bytes:
    case Field::String:
        append_long(out, static_cast<std::int64_t>(value.as_text().size()));
        return out.append(value.as_text());
    case Field::Array:
        if (!value.as_values().empty()) append_long(out, static_cast<std::int64_t>(value.as_values().size()));
        for (const auto& element : value.as_values()) write_level(element, out, level + 1);
        return append_long(out, 0);
    case Field::Map:
        if (!value.as_entries().empty()) append_long(out, static_cast<std::int64_t>(value.as_entries().size()));
        for (const auto& [key, of_key] : value.as_entries()) {
            write_level(key, out, level + 1);
            write_level(of_key, out, level + 1);
        }
        return append_long(out, 0);
    }
}

void write_level(const Value& value, converters::TextBuffer& out, int level) {
    if (level > most_levels) throw DataException("Schemaless data has too many levels");
    if (value.is_null()) {
        for (std::size_t i = 0; i < fields; ++i) append_long(out, 0);
        return;
    }
    const auto field = field_of(value);
    begin(out, field);
    write_present(field, value, out, level);
    end(out, field);
}

Value read_level(BinaryReader& in, Arena& arena, int level);

template <class Element, class Read>
std::span<const Element> read_blocks(BinaryReader& in, Arena& arena, Read&& read) {
    std::vector<Element> elements;
    Blocks blocks(in, false);
    while (const auto count = blocks.next()) {
        for (std::size_t i = 0; i < count; ++i) elements.push_back(read());
    }
    auto* kept = arena.make_array<Element>(elements.size());
    std::ranges::copy(elements, kept);
    return {kept, elements.size()};
}

Value read_present(Field field, BinaryReader& in, Arena& arena, int level) {
    switch (field) {
    case Field::Boolean:
        return Value::boolean(in.read_boolean());
    case Field::Bytes:
        return Value::bytes(in.read_text());
    case Field::Double:
        return Value::float64(in.read_real<double>());
    case Field::Float:
        return Value::float32(in.read_real<float>());
    case Field::Int:
        return Value::int32(in.read_int());
    case Field::Long:
        return Value::int64(in.read_long());
    case Field::String:
        return Value::string(in.read_text());
    case Field::Array:
        return Value::array(read_blocks<Value>(in, arena, [&] { return read_level(in, arena, level + 1); }));
    case Field::Map:
        return Value::map(read_blocks<MapEntry>(in, arena, [&] {
            const auto key = read_level(in, arena, level + 1);
            return MapEntry{key, read_level(in, arena, level + 1)};
        }));
    }
    return {};
}

/// The first field that has a value.
Value read_level(BinaryReader& in, Arena& arena, int level) {
    if (level > most_levels) in.fail("has too many levels");
    Value found;
    for (std::size_t i = 0; i < fields; ++i) {
        const auto branch = in.read_long();
        if (branch == 0) continue;
        if (branch != 1) in.fail("has a branch that is neither null nor a value");
        const auto value = read_present(static_cast<Field>(i), in, arena, level);
        if (found.is_null()) found = value;
    }
    return found;
}

}

void write_anything(const Value& value, converters::TextBuffer& out) { write_level(value, out, 0); }

Value read_anything(std::string_view payload, Arena& arena) {
    BinaryReader in(payload);
    const auto value = read_level(in, arena, 0);
    if (in.remaining() != 0) in.fail("goes on behind its end");
    return value;
}

}
