/// Connect schemas as JSON, as they stand in the envelope {"schema":…,"payload":…}.
#pragma once
#include "connectors/api/schema.hpp"
#include "connectors/support/json.hpp"

#include <string>
#include <string_view>

namespace millrace::converters {

enum class DecimalFormat : std::uint8_t { Base64, Numeric };

/// What the settings of a JsonConverter mean for a value.
struct JsonOptions {
    DecimalFormat decimal_format = DecimalFormat::Base64;
    bool replace_null_with_default = true;
};

std::string_view json_type_name(Type type) noexcept;    ///< "int32", "float"
std::string_view to_string(Value::Kind kind) noexcept;  ///< "INT32", "NULL"
Value::Kind kind_of(Type type) noexcept;                ///< of the values of a schema

void append_json_schema(std::string& out, const Schema& schema, const JsonOptions& options);
/// Null for JSON null. Throws DataException for what is no schema.
SchemaPtr parse_json_schema(const json::Node& node, const JsonOptions& options);

/// A value of this schema, or of none. Throws DataException if it does not fit. Text lies in the memory of `node` or in
/// `arena`.
Value from_json(const SchemaPtr& schema, const json::Node* node, const JsonOptions& options, Arena& arena);

}
