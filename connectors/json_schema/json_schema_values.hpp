/// Connect values from the JSON that their JSON Schema describes.
///
/// Errors   DataException naming the field whose value does not fit.
/// Facts    Confluent's JsonSchemaData, toConnectData.
#pragma once
#include "connectors/json_schema/json_schema_options.hpp"
#include "connectors/support/json.hpp"

namespace millrace::json_schema {

/// `node` null: it is not there. Texts lie in the node's memory or in `arena`.
Value read_json(const SchemaPtr& schema, const json::Node* node, const JsonSchemaOptions& options, Arena& arena);

}
