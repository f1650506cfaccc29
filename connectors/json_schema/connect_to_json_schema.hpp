/// The JSON Schema (draft 7) of a Connect schema, with Confluent's properties.
///
/// Output   compact text; members stand in an order of their own, for registries compare schemas by content.
/// Facts    Confluent's JsonSchemaData, fromConnectSchema.
#pragma once
#include "connectors/json_schema/json_schema_options.hpp"

#include <string>

namespace millrace::json_schema {

std::string to_json_schema(const Schema& schema, const JsonSchemaOptions& options);

}
