/// A connector's file on the command line of connect-standalone (KIP-980).
///
/// Input   a JSON object of settings; one with "name", "config" and maybe "initial_state", as POST /connectors takes
///         it, whatever other members it has; or Java's properties.
/// Throws  ConfigException naming the file and what is wrong.
#pragma once
#include "worker/runtime/ids.hpp"
#include "worker/validation/submitted_config.hpp"

#include <optional>
#include <string>

namespace millrace::worker {

struct ConnectorFile {
    std::string name;
    SubmittedConfig config;
    std::optional<TargetState> initial_state = {};
};
ConnectorFile read_connector_file(const std::string& path);

/// `path` stands in messages only.
ConnectorFile parse_connector_file(const std::string& text, const std::string& path);

}
