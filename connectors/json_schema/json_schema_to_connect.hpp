/// The Connect schema of a JSON Schema.
///
/// Input    draft 4 to 7 and what is the same in later ones: type, enum, const, oneOf, anyOf, allOf, properties, items,
///          additionalProperties, $ref into the schema itself or to one that it refers to.
/// Errors   DataException for what Connect has no schema for, schemas that hold themselves among it.
/// Facts    Confluent's JsonSchemaData, toConnectSchema.
#pragma once
#include "connectors/json_schema/json_schema_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::json_schema {

/// `others`: names and texts of schemas that $ref may name. `version`: the registry's.
SchemaPtr to_connect(std::string_view text, const std::vector<std::pair<std::string, std::string>>& others,
                     const JsonSchemaOptions& options, std::optional<std::int32_t> version = {});

}
