#include "connectors/api/errors.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/protobuf/encode_plan_parts.hpp"
#include "connectors/protobuf/logical_messages.hpp"
#include "connectors/protobuf/proto_to_connect.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/core.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

namespace millrace::protobuf {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class EncodePlan::Planner {
public:
    Planner(const ProtobufOptions& options, bool strict) : options_(options), strict_(strict) {}

    FieldPlan root(const SchemaPtr& schema, const Descriptor& message) const {
        FieldPlan plan;
        plan.schema = schema;
        if (schema->type() == Type::Struct) {
            plan.members = members(*schema, message);
        } else if (schema->type() == Type::String && json_message(message.full_name()) != JsonMessage::None) {
            plan.form = Form::Json;
            plan.json = json_message(message.full_name());
        } else {
            if (!is_wrapper(message)) refuse(message.full_name(), "is no message for a value without fields");
            plan.form = Form::Wrapper;
            plan.parts.push_back(one(schema, *message.field(0), "value"));
        }
        return plan;
    }

private:
    [[noreturn]] static void refuse(std::string_view name, std::string_view why) {
        throw DataException(fmt::format("{} {}", name, why));
    }

    std::vector<Member> members(const Schema& schema, const Descriptor& message) const {
        std::vector<Member> found;
        for (std::size_t i = 0; i < schema.fields().size(); ++i) {
            const auto& field = schema.fields()[i];
            if (!is_union(*field.schema)) {
                found.push_back({i, std::nullopt, member(field, message)});
                continue;
            }
            const auto branches = field.schema->fields();
            for (std::size_t j = 0; j < branches.size(); ++j) found.push_back({i, j, member(branches[j], message)});
        }
        std::ranges::stable_sort(found, {}, [](const Member& part) { return part.plan.number; });
        return found;
    }

    FieldPlan member(const Field& field, const Descriptor& message) const {
        const auto name = field_name(field.name, options_);
        const auto* in_proto = message.FindFieldByName(name);
        if (in_proto != nullptr) return of(field.schema, *in_proto, field.name);
        if (strict_) refuse(message.full_name(), fmt::format("has no field {}", name));
        FieldPlan missing;
        missing.name = field.name;
        missing.schema = field.schema;
        return missing;
    }

    FieldPlan of(const SchemaPtr& schema, const FieldDescriptor& to, const std::string& name) const {
        const bool list = schema->type() == Type::Array;
        if (to.is_repeated() != (list || schema->type() == Type::Map))
            refuse(to.full_name(), to.is_repeated() ? "is a list" : "is no list");
        auto plan = one(list ? schema->value_schema() : schema, to, name);
        plan.repeated = list;
        plan.packed = list && to.is_packed();
        plan.presence = list || to.has_presence();
        return plan;
    }

    FieldPlan one(const SchemaPtr& schema, const FieldDescriptor& to, const std::string& name) const {
        FieldPlan plan;
        plan.name = name;
        plan.number = static_cast<std::uint32_t>(to.number());
        plan.form = form(*schema, to);
        plan.schema = schema;
        if (plan.form == Form::Struct) plan.members = members(*schema, *to.message_type());
        if (plan.form == Form::Wrapper) plan.parts.push_back(one(schema, *to.message_type()->field(0), name));
        if (plan.form == Form::Map) {
            const auto* key = to.message_type()->FindFieldByName("key");
            const auto* value = to.message_type()->FindFieldByName("value");
            if (key == nullptr || value == nullptr) refuse(to.full_name(), "is no list of keys and values");
            plan.parts.push_back(of(schema->key_schema(), *key, name));
            plan.parts.push_back(of(schema->value_schema(), *value, name));
        }
        if (plan.form == Form::Enum) {
            for (int i = 0; i < to.enum_type()->value_count(); ++i)
                plan.symbols.emplace(to.enum_type()->value(i)->name(), to.enum_type()->value(i)->number());
        }
        if (plan.form == Form::Json) plan.json = json_message(to.message_type()->full_name());
        if (plan.form == Form::Decimal) plan.scale = decimal_scale(*schema);
        return plan;
    }

    Form form(const Schema& schema, const FieldDescriptor& to) const {
        const auto* message = to.message_type();
        if (schema.name() == decimal_schema_name && message != nullptr)
            return logical(to, names::decimal, Form::Decimal);
        if (schema.name() == date_schema_name && message != nullptr) return logical(to, names::date, Form::Date);
        if (schema.name() == time_schema_name && message != nullptr) return logical(to, names::time_of_day, Form::Time);
        if (schema.name() == timestamp_schema_name && message != nullptr)
            return logical(to, names::timestamp, Form::Timestamp);
        if (schema.type() == Type::Struct || schema.type() == Type::Map) {
            if (message == nullptr) refuse(to.full_name(), "is no message");
            return schema.type() == Type::Map ? Form::Map : Form::Struct;
        }
        if (schema.type() == Type::Array) refuse(to.full_name(), "would be a list of lists");
        if (message != nullptr) {
            if (schema.type() == Type::String && json_message(message->full_name()) != JsonMessage::None)
                return Form::Json;
            if (!is_wrapper(*message)) refuse(to.full_name(), "is a message, not one value");
            return Form::Wrapper;
        }
        return scalar(schema.type(), to);
    }

    static Form logical(const FieldDescriptor& to, std::string_view type, Form form) {
        if (to.message_type()->full_name() != type) refuse(to.full_name(), fmt::format("is no {}", type));
        return form;
    }

    static Form scalar(Type type, const FieldDescriptor& to) {
        const bool whole = type == Type::Int8 || type == Type::Int16 || type == Type::Int32 || type == Type::Int64;
        switch (to.type()) {
        case FieldDescriptor::TYPE_INT32:
        case FieldDescriptor::TYPE_INT64:
        case FieldDescriptor::TYPE_UINT32:
        case FieldDescriptor::TYPE_UINT64:
            if (whole) return Form::Varint;
            break;
        case FieldDescriptor::TYPE_SINT32:
        case FieldDescriptor::TYPE_SINT64:
            if (whole) return Form::ZigZag;
            break;
        case FieldDescriptor::TYPE_FIXED32:
        case FieldDescriptor::TYPE_SFIXED32:
            if (whole) return Form::Fixed32;
            break;
        case FieldDescriptor::TYPE_FIXED64:
        case FieldDescriptor::TYPE_SFIXED64:
            if (whole) return Form::Fixed64;
            break;
        case FieldDescriptor::TYPE_FLOAT:
            if (type == Type::Float32) return Form::Float;
            break;
        case FieldDescriptor::TYPE_DOUBLE:
            if (type == Type::Float64 || type == Type::Float32) return Form::Double;
            break;
        case FieldDescriptor::TYPE_BOOL:
            if (type == Type::Boolean) return Form::Varint;
            break;
        case FieldDescriptor::TYPE_STRING:
            if (type == Type::String) return Form::Text;
            break;
        case FieldDescriptor::TYPE_BYTES:
            if (type == Type::Bytes) return Form::Text;
            break;
        case FieldDescriptor::TYPE_ENUM:
            if (type == Type::String || type == Type::Int32) return Form::Enum;
            break;
        case FieldDescriptor::TYPE_GROUP:
        case FieldDescriptor::TYPE_MESSAGE:
            break;
        }
        refuse(to.full_name(), fmt::format("is {}, which no {} is", to.type_name(), type_name(type)));
    }

    const ProtobufOptions& options_;
    bool strict_;
};

EncodePlan::EncodePlan(const SchemaPtr& schema, const Descriptor& message, const ProtobufOptions& options, bool strict)
    : root_(std::make_unique<FieldPlan>(Planner(options, strict).root(schema, message))),
      ignore_defaults_(options.ignore_defaults) {}

EncodePlan::~EncodePlan() = default;

}
