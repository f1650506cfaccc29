/// Writes and reads numbers as Java does. Floating-point ones: plain between 10^-3 and 10^7, otherwise 1.0E10; always a
/// digit after the point; NaN, Infinity, -Infinity.
///
/// Facts   Java SE API, Double.toString and Float.toString. The digits are those of Java 8 to 18, which are not always
///         the fewest (the float 123456789 is 1.23456792E8): existing topics hold these.
#pragma once
#include "connectors/api/java_integer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

void append_java_double(std::string& out, double value);
void append_java_float(std::string& out, float value);

/// Double.parseDouble and Float.parseFloat: blanks around it, NaN, Infinity, hexadecimal and a suffix f or d allowed;
/// too much is infinite. None for what is no number.
std::optional<double> parse_java_double(std::string_view text);
std::optional<float> parse_java_float(std::string_view text);

}
