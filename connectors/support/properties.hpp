/// Reads Java's .properties syntax: comments with # or !, key and value parted by =, : or blanks, lines continued by a
/// backslash, the escapes \t \n \r \f and \uXXXX (surrogate pairs become one character), leading blanks dropped and
/// trailing blanks kept.
///
/// Input   text in UTF-8; bytes that are not valid UTF-8 make it ISO-8859-1, Java's own reading.
/// Output  UTF-8. A key that stands twice has its last value.
/// Throws  ConfigException naming the line of a \u without four hexadecimal digits.
/// Facts   Java SE API, java.util.Properties.load(Reader).
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace {

using PropertyList = std::vector<std::pair<std::string, std::string>>;

/// In the order of the text, duplicates included. `source` stands in messages, such as the file's name.
PropertyList parse_property_list(std::string_view text, std::string_view source = "properties");
Settings parse_properties(std::string_view text, std::string_view source = "properties");
/// Throws ConfigException also if the file cannot be read.
Settings read_properties_file(const std::string& path);
/// The bytes of a file of settings, whatever its syntax. Throws ConfigException naming the file and why not.
std::string read_settings_file(const std::string& path);

}
