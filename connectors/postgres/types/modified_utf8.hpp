/// The UTF-8 that Java writes strings in when it serializes them: NUL as two bytes, characters beyond U+FFFF as two
/// surrogates of three bytes each.
#pragma once
#include <string>
#include <string_view>

namespace millrace::postgres {

std::string modified_utf8(std::string_view utf8);
std::string from_modified_utf8(std::string_view modified);

}
