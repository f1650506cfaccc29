/// Names of schemas and fields as Avro allows them, for the settings schema.name.adjustment.mode and
/// field.name.adjustment.mode.
///
/// Facts   Debezium: SchemaNameAdjuster.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace {

enum class NameAdjustment : std::uint8_t { None, Avro, AvroUnicode };

/// What Avro does not allow becomes _, or _uXXXX, one for each UTF-16 unit. Dots stay, but not in a field's name.
std::string adjust_name(std::string_view name, NameAdjustment mode, bool is_field);

}
