/// What the settings of an AvroConverter mean for schemas and values, and the names by which Connect's schemas are
/// known in Avro's.
///
/// Facts   Confluent's AvroDataConfig and the names in its schemas.
#pragma once
#include "connectors/api/schema.hpp"

#include <string>
#include <string_view>

namespace millrace::avro {

struct AvroOptions {
    bool enhanced = false;               ///< enhanced.avro.schema.support
    bool meta_data = true;               ///< connect.meta.data
    bool scrub_names = false;            ///< scrub.invalid.names
    bool sum_types = false;              ///< generalized.sum.type.support
    bool ignore_defaults = false;        ///< ignore.default.for.nullables
    bool optional_map_keys = false;      ///< allow.optional.map.keys
    bool flatten_singletons = true;      ///< flatten.singleton.unions
    bool discard_type_defaults = false;  ///< discard.type.doc.default
};

namespace names {

inline constexpr std::string_view space = "io.confluent.connect.avro";
inline constexpr std::string_view unnamed_record = "io.confluent.connect.avro.ConnectDefault";
inline constexpr std::string_view map_entry = "MapEntry";
inline constexpr std::string_view record_doc = "io.confluent.connect.avro.record.doc";
inline constexpr std::string_view field_doc = "io.confluent.connect.avro.field.doc.";
inline constexpr std::string_view field_default = "io.confluent.connect.avro.field.default";
inline constexpr std::string_view enum_doc = "io.confluent.connect.avro.enum.doc.";
inline constexpr std::string_view enum_default = "io.confluent.connect.avro.enum.default.";
inline constexpr std::string_view plain_record_doc = "connect.record.doc";
inline constexpr std::string_view plain_enum_doc = "connect.enum.doc";
inline constexpr std::string_view enumeration = "io.confluent.connect.avro.Enum";
inline constexpr std::string_view union_struct = "io.confluent.connect.avro.Union";
inline constexpr std::string_view sum_enumeration = "org.apache.kafka.connect.data.Enum";
inline constexpr std::string_view sum_union = "org.apache.kafka.connect.data.Union";
inline constexpr std::string_view sum_union_prefix = "connect_union_";
inline constexpr std::string_view fixed_size = "connect.fixed.size";
inline constexpr std::string_view precision = "connect.decimal.precision";
inline constexpr std::int32_t default_precision = 64;

}

/// A Struct whose fields are the branches of a union.
bool is_union(const Schema& schema) noexcept;
bool is_fixed(const Schema& schema) noexcept;
/// A String that is to be an Avro enum, by these settings.
bool is_enum(const Schema& schema, const AvroOptions& options) noexcept;
/// A Map that is an Avro map; others are arrays of entries.
bool is_avro_map(const Schema& schema, const AvroOptions& options) noexcept;
/// The name of a field in Avro.
std::string field_name(std::string_view name, const AvroOptions& options);
/// The same of a schema, part by part.
std::string full_name(std::string_view name, const AvroOptions& options);
/// What a branch is called as a field of a union's Struct; `index` counts all branches.
std::string branch_name(const Schema& schema, std::size_t index, const AvroOptions& options);

}
