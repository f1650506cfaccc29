/// What stands in a lookbehind, for PCRE2: it looks back at alternatives of a fixed length each, where Java takes
/// anything that is bounded.
///
/// Input   the part between (?<= or (?<! and its bracket, in PCRE2's syntax.
/// Output  alternatives instead of a?, a{1,3} and (?:a|bc); the part itself where it has none of them, where they are
///         unbounded, possessive or about captures, or where there would be too many, which PCRE2 then refuses.
#pragma once
#include <string>
#include <string_view>

namespace millrace {

std::string fixed_alternatives(std::string_view part);

}
