#include "worker/config/environment_log.hpp"

#include "connectors/support/log.hpp"
#include "connectors/support/text.hpp"
#include "worker/config/environment_tables.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::worker::environment {

namespace {

constexpr std::string_view log4j = "CONNECT_LOG4J_";
constexpr std::string_view one_logger = "CONNECT_LOG4J_LOGGER_";

class Reader {
public:
    explicit Reader(EnvironmentSettings& out) : out_(out) {}

    void root(std::string_view variable, std::string_view text) {
        if (const auto level = level_of(variable, text)) out_.root_level = level;
    }
    void logger(std::string_view variable, std::string_view name, std::string_view text) {
        const auto level = level_of(variable, text);
        if (!level) return;
        if (lower_case(name) == "root" || lower_case(name) == "rootlogger") {
            out_.root_level = level;
        } else {
            out_.levels.insert_or_assign(std::string(name), *level);
        }
    }
    /// "org.x=DEBUG,org.y=WARN" as cp-kafka-connect has it, or "DEBUG, stdout, appender" as log4j.rootLogger.
    void list(std::string_view variable, std::string_view text) {
        const auto parts = split_list(text);
        if (parts.empty()) return;
        if (text.find('=') == std::string_view::npos) return root(variable, parts.front());
        for (const auto& part : parts) {
            const auto equals = part.find('=');
            if (equals == std::string::npos) continue;
            logger(variable, trim(part.substr(0, equals)), trim(part.substr(equals + 1)));
        }
    }

private:
    std::optional<LogLevel> level_of(std::string_view variable, std::string_view text) {
        const auto level = parse_log_level(trim(text.substr(0, text.find(','))));
        if (!level) {
            out_.warnings.push_back(fmt::format(
                "{}: '{}' is no level of a logger: it is one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL and OFF.",
                variable, text));
        }
        return level;
    }
    EnvironmentSettings& out_;
};

}

bool is_log_variable(std::string_view variable) noexcept {
    return variable == "LOG_LEVEL" || variable.starts_with(log4j);
}

void read_log_levels(const Environment& variables, EnvironmentSettings& out) {
    Reader reader(out);
    if (const auto level = variables.find("LOG_LEVEL"); level != variables.end())
        reader.root(level->first, level->second);
    for (const auto& [variable, value] : variables) {
        if (!variable.starts_with(log4j) || value.empty() || find_without_effect(variable) != nullptr) continue;
        if (variable == "CONNECT_LOG4J_ROOT_LOGLEVEL" || variable == "CONNECT_LOG4J_ROOTLOGGER") {
            reader.root(variable, value);
        } else if (variable == "CONNECT_LOG4J_LOGGERS") {
            reader.list(variable, value);
        } else if (variable.starts_with(one_logger)) {
            reader.logger(variable, setting_of_variable(EnvironmentStyle::Debezium, variable.substr(one_logger.size())),
                          value);
        } else {
            out.warnings.push_back(
                fmt::format("{} has no effect: it sets neither the level of a logger nor of all.", variable));
        }
    }
}

}
