/// What transformations demand of values, with the messages that users of Kafka Connect know.
///
/// Throws  DataException naming the purpose and the Java class that was found.
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.util.Requirements, ConnectSchema.validateValue.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/support/java_class.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millrace::transforms {

/// The fields of a Struct.
std::span<const Value> require_struct(const SchemaPtr& schema, const Value& value, std::string_view purpose);
/// The entries of a Map.
std::span<const MapEntry> require_map(const Value& value, std::string_view purpose);
/// Refuses a null for a field that is not optional, whatever its default.
inline void require_present(const Field& field, const Value& value);

/// Refuses a value of another schema than the field's.
void require_type(const Field& field, const SchemaPtr& schema, const Value& value);

/// "Schema{INT32}", "Schema{name:INT32}".
std::string schema_text(const Schema& schema);

void require_present(const Field& field, const Value& value) {
    if (value.is_null() && !field.schema->optional()) refuse_null(field.name, field.schema->type());
}

}
