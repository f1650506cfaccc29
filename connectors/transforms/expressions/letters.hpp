/// Upper and lower case of all letters of Unicode that have one letter for it; others (the German sharp s) stay.
#pragma once
#include <string>
#include <string_view>

namespace millrace::transforms {

/// Lone halves of a surrogate pair become U+FFFD.
std::string from_utf16(std::u16string_view units);

std::string to_upper_case(std::string_view utf8);
std::string to_lower_case(std::string_view utf8);

}
