/// The Java class of which Kafka Connect has a value, for messages.
#pragma once
#include "connectors/api/schema.hpp"

#include <string_view>

namespace millrace {

/// As Class.getName() gives it: "java.lang.Integer", "[B", "null".
std::string_view java_class_of(const SchemaPtr& schema, const Value& value) noexcept;

}
