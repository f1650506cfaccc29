/// Reads the JSON bodies that clients send.
///
/// Numbers and booleans among settings keep their source text ("1e3", "1e400", "true"); of a member that stands twice
/// the last counts; null is kept apart, because it means something else in POST, PUT and PATCH.
///
/// Throws  RestException 500 for what is no JSON or has another shape: Kafka Connect answers 500 here, not 400.
#pragma once
#include "connectors/api/config_def.hpp"
#include "worker/runtime/connector_offsets.hpp"
#include "worker/runtime/ids.hpp"
#include "worker/validation/submitted_config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::rest {

using worker::SubmittedConfig;

/// The body of POST /connectors.
struct CreateConnectorRequest {
    std::string name;  ///< trimmed
    SubmittedConfig config;
    std::optional<worker::TargetState> initial_state = {};
};

/// Nothing, or "null". The parsers below refuse it, but some answers come first.
bool is_null_document(std::string_view body) noexcept;
CreateConnectorRequest parse_create_request(std::string_view body);
/// A connector's file: such a body, whatever other members it has, or settings alone, with an empty name then. Throws
/// json::ParseException where the text is no JSON.
CreateConnectorRequest parse_connector_file(std::string_view text);
/// A flat object of settings.
SubmittedConfig parse_config(std::string_view body);
/// An array of flat objects: task configurations that another worker sends. None where there is null instead. What
/// follows the array is not looked at.
std::optional<std::vector<Settings>> parse_task_configs(std::string_view body);
/// {"offsets":[{"partition":{...},"offset":{...}}]}; empty where "offsets" is missing or null.
worker::ConnectorOffsets parse_offsets(std::string_view body);

}
