/// Values without a schema, in the record that to_avro() gives for them.
///
/// Errors   DataException for bytes and Structs, which that record has no place for, and for data that is not of its
/// form. Facts    Confluent's AvroData (Anything).
#pragma once
#include "connectors/api/value.hpp"
#include "connectors/converters/text_buffer.hpp"

namespace millrace::avro {

void write_anything(const Value& value, converters::TextBuffer& out);
/// The whole payload. Texts point into it.
Value read_anything(std::string_view payload, Arena& arena);

}
