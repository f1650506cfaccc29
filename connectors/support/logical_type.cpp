#include "connectors/support/logical_type.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/decimal.hpp"

namespace millrace {

Logical logical_of(const SchemaPtr& schema) noexcept {
    if (!schema || schema->name().empty()) return Logical::None;
    const auto& name = schema->name();
    if (schema->type() == Type::Int64 && name == timestamp_schema_name) return Logical::Timestamp;
    if (schema->type() == Type::Int32 && name == date_schema_name) return Logical::Date;
    if (schema->type() == Type::Int32 && name == time_schema_name) return Logical::Time;
    if (schema->type() == Type::Bytes && name == decimal_schema_name) return Logical::Decimal;
    return Logical::None;
}

std::int64_t epoch_ms(Logical logical, const Value& value) noexcept {
    return logical == Logical::Date ? value.as_integer() * day_ms : value.as_integer();
}

SchemaPtr make_logical_schema(Logical logical, bool optional) {
    MILLRACE_ASSERT(logical == Logical::Date || logical == Logical::Time || logical == Logical::Timestamp);
    if (logical == Logical::Timestamp) {
        return make_schema(
            {.type = Type::Int64, .optional = optional, .name = std::string(timestamp_schema_name), .version = 1});
    }
    const auto name = logical == Logical::Date ? date_schema_name : time_schema_name;
    return make_schema({.type = Type::Int32, .optional = optional, .name = std::string(name), .version = 1});
}

}
