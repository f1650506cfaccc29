/// Reads messages of one Protobuf type as values of the Connect schema that to_connect() gives it.
///
/// Output   what is not there is its default, or null where Protobuf tells the two apart; fields that the type does not
///          have are left out. Texts point into the data.
/// Errors   DataException naming the offset, or the field.
/// Facts    Confluent's ProtobufData, toConnectData; Protocol Buffers, "Encoding".
#pragma once
#include "connectors/protobuf/protobuf_options.hpp"
#include "connectors/protobuf/wire.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace google::protobuf {
class Descriptor;
}

namespace millrace::protobuf {

class DecodePlan {
public:
    /// The descriptor is not needed afterwards.
    DecodePlan(const SchemaPtr& schema, const google::protobuf::Descriptor& message, const ProtobufOptions& options);
    ~DecodePlan();
    DecodePlan(const DecodePlan&) = delete;
    DecodePlan& operator=(const DecodePlan&) = delete;

    Value read(std::string_view data, Arena& arena) const;

private:
    struct FieldPlan;
    struct MessagePlan;
    struct Found;
    struct Collected;
    class Planner;
    enum class Form : std::uint8_t;

    Value read_message(const MessagePlan& plan, std::string_view data, Arena& arena) const;
    void collect(const MessagePlan& plan, std::string_view data, Collected& found, Arena& arena) const;
    void collect_field(const FieldPlan& plan, WireType type, WireReader& in, Found& found, Arena& arena) const;
    static WireType packed_type(Form form) noexcept;
    Value read_scalar(const FieldPlan& plan, WireReader& in, WireType type, Arena& arena) const;
    Value read_nested(const FieldPlan& plan, std::string_view data, Arena& arena) const;
    Value of_field(const FieldPlan& plan, Found& found, Arena& arena) const;
    Value entries(const FieldPlan& plan, std::span<const std::string_view> messages, Arena& arena) const;

    std::unique_ptr<MessagePlan> root_;
    bool single_;  ///< the value of the root's only field, or a text of JSON, not a Struct
};

}
