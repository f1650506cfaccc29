/// What the settings of a JsonSchemaConverter mean, and the words by which Connect's schemas are known in JSON Schema.
///
/// Facts   Confluent's JsonSchemaDataConfig and JsonSchemaData.
#pragma once
#include "connectors/api/schema.hpp"
#include "connectors/converters/json_schema.hpp"

#include <string_view>

namespace millrace::json_schema {

struct JsonSchemaOptions {
    converters::DecimalFormat decimal_format = converters::DecimalFormat::Base64;
    bool additional_properties = true;      ///< object.additional.properties
    bool optional_unless_required = false;  ///< use.optional.for.nonrequired
    bool sum_types = false;                 ///< generalized.sum.type.support
    bool ignore_defaults = false;           ///< ignore.default.for.nullables
    bool flatten_singletons = true;         ///< flatten.singleton.unions
};

namespace names {

inline constexpr std::string_view space = "io.confluent.connect.json";
inline constexpr std::string_view enumeration = "io.confluent.connect.json.Enum";
inline constexpr std::string_view one_of = "io.confluent.connect.json.OneOf";
inline constexpr std::string_view sum_enumeration = "org.apache.kafka.connect.data.Enum";
inline constexpr std::string_view sum_union = "org.apache.kafka.connect.data.Union";
inline constexpr std::string_view sum_union_prefix = "connect_union_";
inline constexpr std::string_view null_marker = "<NULL>";

}

/// A Struct whose fields are the members of a oneOf.
bool is_union(const Schema& schema) noexcept;
/// A Map that is an object; others are lists of keys and values.
bool is_object_map(const Schema& schema) noexcept;
/// A Decimal that is a number.
bool is_number(const Schema& schema, const JsonSchemaOptions& options) noexcept;

}
