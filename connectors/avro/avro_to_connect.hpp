/// The Connect schema of an Avro schema.
///
/// Errors   DataException for what Connect has no schema for: null by itself, records that hold themselves, two
/// branches of
///          a union with one name; and for properties of Connect that contradict the type.
/// Facts    Confluent's AvroData, toConnectSchema.
#pragma once
#include "connectors/avro/avro_options.hpp"
#include "connectors/avro/avro_schema.hpp"

#include <cstdint>
#include <optional>

namespace millrace::avro {

/// `version`: the registry's, which the schema has unless it says one itself.
SchemaPtr to_connect(const AvroSchema& avro, const AvroOptions& options, std::optional<std::int32_t> version = {});

/// An array of these records is a map.
bool is_map_entry(const AvroSchema& avro);
/// The single branch of a union beside null, if there is just one; otherwise null.
const AvroSchema* only_branch(const AvroSchema& avro, const AvroOptions& options) noexcept;

}
