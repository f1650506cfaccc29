/// Writes floating-point numbers as Java does: plain between 10^-3 and 10^7, otherwise 1.0E10; always a digit after the
/// point; NaN, Infinity, -Infinity.
///
/// Facts   Java SE API, Double.toString and Float.toString. The digits are those of Java 8 to 18, which are not always
///         the fewest (the float 123456789 is 1.23456792E8): existing topics hold these.
#pragma once
#include <string>

namespace millrace {

void append_java_double(std::string& out, double value);
void append_java_float(std::string& out, float value);

}
