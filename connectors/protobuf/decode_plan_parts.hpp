/// What a DecodePlan is made of.
#pragma once
#include "connectors/protobuf/decode_plan.hpp"
#include "connectors/protobuf/json_messages.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::protobuf {

/// How one value is read.
enum class DecodePlan::Form : std::uint8_t {
    Int32,
    Int64,
    ZigZag32,
    ZigZag64,
    Fixed32,
    SFixed32,
    Fixed64,
    Float,
    Double,
    Bool,
    Text,
    Enum,
    Struct,
    Map,
    Wrapper,
    Decimal,
    Date,
    Time,
    Timestamp,
    Json
};

struct DecodePlan::FieldPlan {
    std::string name;
    std::uint32_t number = 0;
    Form form = Form::Struct;
    Type type = Type::Struct;  ///< of one value
    bool repeated = false;
    bool nullable = false;
    Value absent = {};  ///< unless nullable; a text's is absent_text
    std::string absent_text = {};
    std::size_t field = 0;
    std::optional<std::size_t> branch = {};  ///< of the union that the field is
    std::size_t branches = 0;                ///< of that
    std::size_t one_of = SIZE_MAX;           ///< which of the message's oneofs; of two members, the last counts
    std::unique_ptr<MessagePlan> message = {};
    std::vector<std::pair<std::int32_t, std::string>> symbols = {};
    std::string unknown_symbol = {};  ///< before its number
    std::int32_t scale = 0;
    JsonMessage json = JsonMessage::None;
};

struct DecodePlan::MessagePlan {
    std::vector<FieldPlan> fields;  ///< in the order of their numbers
    std::size_t size = 0;           ///< of the Struct
    std::size_t oneofs = 0;
};

/// What was found of a field: a value or a message's data; lists as they came.
struct DecodePlan::Found {
    bool there = false;
    Value value = {};
    std::string_view data = {};
    std::vector<Value> values = {};
    std::vector<std::string_view> messages = {};
};

struct DecodePlan::Collected {
    std::vector<Found> fields;
    std::vector<std::size_t> chosen;  ///< of each oneof
};

/// A number of 32 bits in the type that its schema has for it.
inline Value whole_value(Type type, std::int32_t value) noexcept {
    if (type == Type::Int8) return Value::int8(static_cast<std::int8_t>(value));
    if (type == Type::Int16) return Value::int16(static_cast<std::int16_t>(value));
    return Value::int32(value);
}

}
