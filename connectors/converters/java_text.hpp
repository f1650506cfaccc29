/// Values as text: as Java's toString() gives it, and as Connect writes it into headers.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.data.Struct and Values; Java SE API.
#pragma once
#include "connectors/api/schema.hpp"

#include <string>

namespace millrace::converters {

/// Struct{id=1,name=x} without its null fields, {k=v, k=v}, [a, b], null; numbers as Java writes them. Bytes are
/// base64, where Java would write the address of its object. Times of java.util.Date are in UTC.
void append_java_text(std::string& out, const SchemaPtr& schema, const Value& value);

/// The text of a header: strings as they are, containers as {"k":1} and [1,"a"], bytes in base64, times by what they
/// hold: HH:mm:ss.SSS'Z' within the first day, yyyy-MM-dd for whole days, otherwise both.
void append_header_text(std::string& out, const SchemaPtr& schema, const Value& value);

}
