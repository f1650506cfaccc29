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

/// _u and the unit in hexadecimal, of which Debezium fills up only what is a byte: _u0020, _u009, _u142, _u20ac.
std::string unicode_replacement(char16_t unit);

/// What Avro does not allow becomes _, or its unicode_replacement, one for each UTF-16 unit. Dots stay, but not in a
/// field's name.
std::string adjust_name(std::string_view name, NameAdjustment mode, bool is_field);

}
