/// One type as one column has it: its schema and the function that converts its text. Internal to this module.
#pragma once
#include "connectors/api/schema.hpp"
#include "connectors/postgres/types/column_converter.hpp"
#include "connectors/postgres/types/type_registry.hpp"

#include <memory>
#include <string>

namespace millrace::postgres {

struct Codec {
    /// Throws DataException if the text cannot be converted.
    using Convert = Value (*)(const Codec&, std::string_view text, Arena& arena);

    Convert convert = nullptr;
    Convert convert_snapshot = nullptr;  ///< null: as convert
    std::int32_t scale = 0;              ///< of decimals and money; fraction digits of times
    bool reproduce_defects = true;
    Convert convert_element = nullptr;  ///< null: as convert

    std::unique_ptr<const Codec> element = {};  ///< of arrays
    char delimiter = ',';
    bool refuses_nulls = false;  ///< an array with a null in it has no value
    bool is_plain_text = false;  ///< the value is the server's text

    /// Of what a TOAST placeholder is made.
    enum class Placeholder : std::uint8_t { None, Text, Bytes, Base64, Texts, ByteArrays, Ints, Longs, Hstore, Uuids };
    Placeholder placeholder = Placeholder::None;
    /// The fallback of a required column: the conversion of zero_text, unless `zero` says otherwise.
    std::string zero_text = {};
    Convert convert_zero = nullptr;  ///< null: as convert
    enum class Zero : std::uint8_t { Text, EmptyString, EmptyBytes, EmptyArray, EpochInstant } zero = Zero::Text;
};

struct TypedCodec {
    std::unique_ptr<Codec> codec;  ///< null: the type has no mapping
    SchemaParts schema = {};       ///< without optional and default
    bool always_optional = false;  ///< in the schema, even where the column may not be null
    bool absent = false;           ///< not even include.unknown.datatypes brings it back
};

/// The mapping of a resolved type; `types` knows its elements.
TypedCodec make_codec(const TypeRegistry::Resolved& type, const TypeRegistry& types, const TypeOptions& options);

// The families of types, each in a file of its own. They return a null codec for a type that is not theirs.
TypedCodec make_number_codec(const TypeRegistry::Resolved& type, const TypeOptions& options);
TypedCodec make_text_codec(const TypeRegistry::Resolved& type, const TypeOptions& options);
TypedCodec make_temporal_codec(const TypeRegistry::Resolved& type, const TypeOptions& options);
TypedCodec make_geometric_codec(const TypeRegistry::Resolved& type);
TypedCodec make_array_codec(const TypeRegistry::Resolved& type, const TypeRegistry& types, const TypeOptions& options);
/// The server's text as bytes, or encoded as binary.handling.mode says.
TypedCodec make_unknown_codec(const TypeOptions& options);

/// A struct's fields in the arena.
template <class... Values>
Value make_struct(Arena& arena, Values... values) {
    auto* const fields = arena.make_array<Value>(sizeof...(values));
    std::size_t i = 0;
    ((fields[i++] = values), ...);
    return Value::structure({fields, sizeof...(values)});
}

/// Shorthand for the schema of a plain type.
inline SchemaPtr plain_schema(Type type, bool optional) { return make_schema({.type = type, .optional = optional}); }

}
