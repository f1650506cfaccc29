/// What a program was told to start a worker with: a file of properties, or a container's environment.
#pragma once
#include "connectors/support/log.hpp"
#include "worker/config/environment.hpp"
#include "worker/main/command_line.hpp"

#include <span>
#include <string>
#include <vector>

namespace millrace::worker {

struct GivenSettings {
    Settings settings;  ///< raw: ${provider:path:key} stands as it is
    LogOptions log = {};
    std::vector<std::string> notes = {};  ///< to be logged first
    std::vector<std::string> warnings = {};
    std::vector<std::string> problems = {};  ///< the worker is not to start: status 1
    std::vector<std::string> secrets = {};   ///< no line of the log shows them
};

/// Throws ConfigException if a file cannot be read or an override is none.
GivenSettings given_settings(const CommandLine& line, const Environment& variables);

/// The environment of this process.
Environment process_environment();

/// Where this installation keeps its plugins.
std::string own_plugin_directory();

}
