/// Writes the values of one Connect schema as messages of one Protobuf type: which field has which number and form is
/// worked out once a schema.
///
/// Output   fields in the order of their numbers; what equals its default is left out where Protobuf cannot tell it
///          from that. Nulls are left out, or, if the Connect schema has one, their default is written.
/// Errors   DataException naming the field, for values that do not fit and fields that the type does not have.
/// Facts    Confluent's ProtobufData, fromConnectData; Protocol Buffers, "Encoding".
#pragma once
#include "connectors/protobuf/protobuf_options.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}

namespace millrace::protobuf {

class EncodePlan {
public:
    /// `strict`: throws at once if the type lacks a field. The descriptor is not needed afterwards.
    EncodePlan(const SchemaPtr& schema, const google::protobuf::Descriptor& message, const ProtobufOptions& options,
               bool strict);
    ~EncodePlan();
    EncodePlan(const EncodePlan&) = delete;
    EncodePlan& operator=(const EncodePlan&) = delete;

    /// Appends the message.
    void write(const Value& value, std::string& out) const;

private:
    struct FieldPlan;
    struct Member;
    class Planner;
    enum class Form : std::uint8_t;

    void write_members(const FieldPlan& plan, const Value& value, std::string& out) const;
    void write_field(const FieldPlan& plan, const Value& value, std::string& out) const;
    void write_single(const FieldPlan& plan, const Value& value, std::string& out) const;
    void write_list(const FieldPlan& plan, const Value& value, std::string& out) const;
    void write_map(const FieldPlan& plan, const Value& value, std::string& out) const;
    void write_one(const FieldPlan& plan, const Value& value, std::string& out) const;
    void write_message(const FieldPlan& plan, const Value& value, std::string& out) const;
    const Value& present(const Schema& schema, const Value& value) const;

    std::unique_ptr<FieldPlan> root_;
    bool ignore_defaults_;
};

}
