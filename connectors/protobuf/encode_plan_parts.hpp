/// What an EncodePlan is made of.
#pragma once
#include "connectors/protobuf/encode_plan.hpp"
#include "connectors/protobuf/json_messages.hpp"

namespace millrace::protobuf {

/// How one value is written.
enum class EncodePlan::Form : std::uint8_t {
    Varint,
    ZigZag,
    Fixed32,
    Fixed64,
    Float,
    Double,
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

struct EncodePlan::FieldPlan {
    std::string name = {};
    std::uint32_t number = 0;  ///< 0: the type does not have it
    Form form = Form::Struct;
    SchemaPtr schema = {};  ///< of one value
    bool repeated = false;
    bool packed = false;
    bool presence = false;                             ///< a default is told from nothing
    std::vector<Member> members;                       ///< of a Struct, in the order of their numbers
    std::vector<FieldPlan> parts;                      ///< a Map's key and value, a wrapper's value
    std::map<std::string, std::int32_t> symbols = {};  ///< of an enum
    std::int32_t scale = 0;                            ///< of a Decimal
    JsonMessage json = JsonMessage::None;
};

struct EncodePlan::Member {
    std::size_t field;                  ///< of the Struct
    std::optional<std::size_t> branch;  ///< of the union that it is
    FieldPlan plan;
};

}
