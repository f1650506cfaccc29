/// The Avro schema of a Connect schema, as Confluent's converter makes it, byte for byte: a registry knows a schema
/// again by its text.
///
/// Errors   DataException for what Avro cannot name, and for two Structs of one name whose fields differ.
/// Facts    Confluent's AvroData, fromConnectSchema; Avro 1.12 writes the text.
#pragma once
#include "connectors/avro/avro_options.hpp"
#include "connectors/avro/avro_schema.hpp"

namespace millrace::avro {

/// Null: the schema of values without one.
AvroTreePtr to_avro(const SchemaPtr& schema, const AvroOptions& options);

/// The type of the schema that to_avro() makes, without the union of what is optional.
AvroType own_type(const Schema& connect, const AvroOptions& options);

/// The schema of values without one: a record with a field for each kind of value.
const AvroTreePtr& anything();
bool is_anything(const AvroSchema& schema) noexcept;

}
