/// The key or the value of a record, whichever a transformation works on.
#pragma once
#include "connectors/api/record.hpp"

namespace millrace::transforms {

enum class Side : std::uint8_t { Key, Value };

/// Valid as long as the record.
struct Operand {
    SchemaPtr& schema;
    Value& value;
};

inline Operand operand_of(ConnectRecord& record, Side side) noexcept {
    if (side == Side::Key) return {record.key_schema, record.key};
    return {record.value_schema, record.value};
}

}
