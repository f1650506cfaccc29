/// Names that a format does not allow, made into letters, digits and underscores.
///
/// Facts   Confluent's scrub.invalid.names: encoded as forms on the web are, then _ for what is still neither.
#pragma once
#include <string>
#include <string_view>

namespace millrace::registry {

/// "é-1" becomes "_C3_A9_1". What it begins with is left to the caller.
std::string scrubbed_name(std::string_view name);

}
