/// The names that a plugin class answers to. Facts: Kafka Connect, PluginUtils (simpleName, prunedName).
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

std::string_view to_string(PluginType type) noexcept;  ///< "header_converter"
/// "HeaderConverter": what a class of that type implements, and the suffix that its alias lacks.
std::string_view interface_name(PluginType type) noexcept;
/// "PostgresConnector" of io.debezium...PostgresConnector; of a nested class Outer$Key, "Key".
std::string_view simple_name(std::string_view class_name) noexcept;
/// The simple name, and the simple name without its interface's name ("Postgres") where that leaves something.
std::vector<std::string> aliases_of(PluginType type, std::string_view class_name);
/// Less than, by numbers where both parts are numbers: 4.9.0 before 4.10.0.
bool version_less(std::string_view a, std::string_view b) noexcept;

}
