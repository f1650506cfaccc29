/// Debezium's change events as transformations see them: what of an envelope stands where.
///
/// Facts   Debezium: io.debezium.data.Envelope.
#pragma once
#include "connectors/api/schema.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace millrace::transforms {

/// True if the schema's name ends with .Envelope.
bool is_envelope(const SchemaPtr& schema) noexcept;

struct Envelope {
    explicit Envelope(const Schema& schema);

    std::optional<std::size_t> before, after, source, op, ts_ms;
};

/// The value at that place of a struct; Null if there is none.
inline Value part_of(const Value& structure, std::optional<std::size_t> place) noexcept {
    return place ? structure.as_values()[*place] : Value();
}

/// A field of a struct read as Struct.getString, getInt32 or getInt64 does: without its default. Throws DataException
/// "x is not a valid field name" or "Field 'x' is not of type STRING".
Value typed_field(const Schema& schema, const Value& structure, std::string_view name, Type type);
/// Where the field is, or DataException.
std::size_t place_of(const Schema& schema, std::string_view name);

}
