#include "connectors/support/java_class.hpp"

#include "connectors/support/logical_type.hpp"

namespace millrace {

std::string_view java_class_of(const SchemaPtr& schema, const Value& value) noexcept {
    const auto logical = logical_of(schema);
    if (!value.is_null() && logical == Logical::Decimal) return "java.math.BigDecimal";
    if (!value.is_null() && logical != Logical::None) return "java.util.Date";
    switch (value.kind()) {
    case Value::Kind::Null:
        return "null";
    case Value::Kind::Boolean:
        return "java.lang.Boolean";
    case Value::Kind::Int8:
        return "java.lang.Byte";
    case Value::Kind::Int16:
        return "java.lang.Short";
    case Value::Kind::Int32:
        return "java.lang.Integer";
    case Value::Kind::Int64:
        return "java.lang.Long";
    case Value::Kind::Float32:
        return "java.lang.Float";
    case Value::Kind::Float64:
        return "java.lang.Double";
    case Value::Kind::String:
        return "java.lang.String";
    case Value::Kind::Bytes:
        return "[B";
    case Value::Kind::Array:
        return "java.util.ArrayList";
    case Value::Kind::Map:
        return "java.util.HashMap";
    case Value::Kind::Struct:
        return "org.apache.kafka.connect.data.Struct";
    }
    return "";
}

}
