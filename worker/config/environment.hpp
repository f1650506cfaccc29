/// A worker's settings from a container's environment variables, as users of two images write them:
///
/// Debezium   debezium/connect: short names (GROUP_ID) with their defaults, and CONNECT_X_Y for x.y, where each
///            underscore is a dot. A short name, its default included, wins over CONNECT_. The user's own file, where
///            there is one, or else the values of Kafka's sample file, stand below them.
/// Confluent  cp-kafka-connect: CONNECT_X_Y alone, where _ is a dot, __ an underscore and ___ a dash.
///
/// In both, X_FILE names a file that holds the value of X, unless a setting of that name exists.
///
/// Input   EnvironmentInput; nothing else is looked at.
/// Output  EnvironmentSettings. With `problems` the worker is not to start; it ends with 1, as those images do.
/// Facts   debezium/container-images, connect/3.6; confluentinc/kafka-images, kafka-connect-base.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/log.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

using Environment = std::map<std::string, std::string, std::less<>>;

enum class EnvironmentStyle : std::uint8_t { Debezium, Confluent };
/// Confluent, if none of the short names that begin a worker's identity is there but a CONNECT_ variable of them is.
EnvironmentStyle environment_style(const Environment& variables);
/// "debezium" or "confluent", in any case. None for other words.
std::optional<EnvironmentStyle> parse_environment_style(std::string_view name);

struct EnvironmentInput {
    EnvironmentStyle style = EnvironmentStyle::Debezium;
    Environment variables = {};
    std::optional<Settings> file = {};  ///< the user's own file of settings
    std::string own_address = {};       ///< this host's, that other workers reach it by
    /// The text of a file that X_FILE names. Throws ConfigException.
    std::function<std::string(const std::string& path)> read_file = {};
};

struct EnvironmentSettings {
    Settings settings;
    std::optional<LogLevel> root_level;
    std::map<std::string, LogLevel> levels = {};
    std::vector<std::string> notes = {};     ///< what was taken, for the log; without secrets
    std::vector<std::string> warnings = {};  ///< what was not
    std::vector<std::string> problems = {};
    std::vector<std::string> secrets = {};  ///< values that no line of the log may show
};
EnvironmentSettings settings_from_environment(const EnvironmentInput& input);

/// The setting that CONNECT_<name> stands for; `name` is without that prefix.
std::string setting_of_variable(EnvironmentStyle style, std::string_view name);

}
