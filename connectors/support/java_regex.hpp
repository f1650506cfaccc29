/// Java's regular expressions in PCRE2's syntax, where the two say one thing in different words.
///
/// Output  \u0041, \0101, \p{Alpha}, \p{IsLatin}, \p{javaLowerCase}, classes in classes ([a-z&&[^s]], [ab[cd]]), \12
///         where there are fewer groups, the flags U, u and d. Everything else as it stands.
/// Throws  ConfigException for what PCRE2 would take for something else: {,3}, a{ and (?P<name>...); for classes nested
///         beyond a hundred levels.
/// Facts   Java SE API: java.util.regex.Pattern; pcre2pattern(3).
#pragma once
#include <string>
#include <string_view>

namespace millrace {

std::string to_pcre(std::string_view pattern);

}
