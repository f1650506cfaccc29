/// Levels of loggers from environment variables: LOG_LEVEL and CONNECT_LOG4J_*.
#pragma once
#include "worker/config/environment.hpp"

namespace millrace::worker::environment {

/// Fills root_level, levels and warnings.
void read_log_levels(const Environment& variables, EnvironmentSettings& out);
/// Whether read_log_levels() looks at it, so that it is no setting.
bool is_log_variable(std::string_view variable) noexcept;

}
