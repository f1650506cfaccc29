#include "connectors/protobuf/decode_plan_parts.hpp"
#include "connectors/protobuf/proto_to_connect.hpp"
#include "connectors/support/decimal.hpp"

#include <fmt/core.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

namespace millrace::protobuf {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class DecodePlan::Planner {
public:
    explicit Planner(const ProtobufOptions& options) : options_(options) {}

    std::unique_ptr<MessagePlan> message(const Schema& schema, const Descriptor& from) const {
        auto plan = std::make_unique<MessagePlan>();
        plan->size = schema.fields().size();
        plan->oneofs = static_cast<std::size_t>(from.real_oneof_decl_count());
        for (int i = 0; i < from.field_count(); ++i) plan->fields.push_back(member(schema, *from.field(i)));
        std::ranges::sort(plan->fields, {}, &FieldPlan::number);
        return plan;
    }

    FieldPlan field(const Schema& schema, const FieldDescriptor& from) const {
        FieldPlan plan{.name = from.name(), .number = static_cast<std::uint32_t>(from.number())};
        plan.form = form(from);
        plan.repeated = from.is_repeated();
        plan.nullable = is_nullable(from, options_) && !(options_.struct_for_nulls && from.message_type() != nullptr);
        const auto& one = plan.repeated && plan.form != Form::Map ? *schema.value_schema() : schema;
        plan.type = one.type();
        if (plan.form == Form::Struct) plan.message = message(one, *from.message_type());
        if (plan.form == Form::Wrapper) {
            plan.message = std::make_unique<MessagePlan>();
            plan.message->fields.push_back(field(one, *from.message_type()->field(0)));
        }
        if (plan.form == Form::Map) {
            plan.message = std::make_unique<MessagePlan>();
            plan.message->fields.push_back(field(*schema.key_schema(), *from.message_type()->field(0)));
            plan.message->fields.push_back(field(*schema.value_schema(), *from.message_type()->field(1)));
            plan.message->fields[1].field = 1;
        }
        if (plan.form == Form::Json) plan.json = json_message(from.message_type()->full_name());
        if (plan.form == Form::Decimal) plan.scale = decimal_scale(one);
        if (plan.form == Form::Enum) {
            for (int i = 0; i < from.enum_type()->value_count(); ++i)
                plan.symbols.emplace_back(from.enum_type()->value(i)->number(), from.enum_type()->value(i)->name());
            plan.unknown_symbol = fmt::format("UNKNOWN_ENUM_VALUE_{}_", from.enum_type()->name());
        }
        plan.absent = absent(plan, from);
        if (from.cpp_type() == FieldDescriptor::CPPTYPE_STRING) plan.absent_text = from.default_value_string();
        if (plan.form == Form::Enum) plan.absent_text = from.default_value_enum()->name();
        return plan;
    }

private:
    FieldPlan member(const Schema& schema, const FieldDescriptor& from) const {
        const auto* oneof = from.real_containing_oneof();
        const bool in_union = oneof != nullptr && !options_.flatten_unions;
        const auto at = *schema.index_of(in_union ? union_name(*oneof, options_) : from.name());
        const auto& of_field = *schema.fields()[at].schema;
        if (!in_union) {
            auto plan = field(of_field, from);
            plan.field = at;
            if (oneof != nullptr) plan.one_of = static_cast<std::size_t>(oneof->index());
            return plan;
        }
        const auto branch = *of_field.index_of(from.name());
        auto plan = field(*of_field.fields()[branch].schema, from);
        plan.field = at;
        plan.branch = branch;
        plan.branches = of_field.fields().size();
        plan.one_of = static_cast<std::size_t>(oneof->index());
        return plan;
    }

    Form form(const FieldDescriptor& from) const {
        switch (shape_of(from, options_)) {
        case Shape::Scalar:
            return scalar(from);
        case Shape::Enum:
            return Form::Enum;
        case Shape::Struct:
            return Form::Struct;
        case Shape::Map:
            return Form::Map;
        case Shape::Wrapper:
            return Form::Wrapper;
        case Shape::Decimal:
            return Form::Decimal;
        case Shape::Date:
            return Form::Date;
        case Shape::Time:
            return Form::Time;
        case Shape::Timestamp:
            return Form::Timestamp;
        case Shape::Json:
            return Form::Json;
        }
        return Form::Struct;
    }

    static Form scalar(const FieldDescriptor& from) {
        switch (from.type()) {
        case FieldDescriptor::TYPE_SINT32:
            return Form::ZigZag32;
        case FieldDescriptor::TYPE_SINT64:
            return Form::ZigZag64;
        case FieldDescriptor::TYPE_FIXED32:
            return Form::Fixed32;
        case FieldDescriptor::TYPE_SFIXED32:
            return Form::SFixed32;
        case FieldDescriptor::TYPE_FIXED64:
        case FieldDescriptor::TYPE_SFIXED64:
            return Form::Fixed64;
        case FieldDescriptor::TYPE_FLOAT:
            return Form::Float;
        case FieldDescriptor::TYPE_DOUBLE:
            return Form::Double;
        case FieldDescriptor::TYPE_BOOL:
            return Form::Bool;
        case FieldDescriptor::TYPE_STRING:
        case FieldDescriptor::TYPE_BYTES:
            return Form::Text;
        case FieldDescriptor::TYPE_INT32:
            return Form::Int32;
        default:
            return Form::Int64;
        }
    }

    static Value absent(const FieldPlan& plan, const FieldDescriptor& from) {
        if (plan.repeated || plan.nullable) return {};
        switch (plan.form) {
        case Form::Float:
            return Value::float32(from.default_value_float());
        case Form::Double:
            return Value::float64(from.default_value_double());
        case Form::Bool:
            return Value::boolean(from.default_value_bool());
        case Form::Int32:
        case Form::ZigZag32:
        case Form::SFixed32:
            return whole_value(plan.type, from.default_value_int32());
        case Form::Int64:
        case Form::ZigZag64:
        case Form::Fixed64:
        case Form::Fixed32:
            return Value::int64(whole_default(from));
        case Form::Enum:
            return plan.type == Type::Int32 ? Value::int32(from.default_value_enum()->number()) : Value{};
        default:
            return {};
        }
    }

    static std::int64_t whole_default(const FieldDescriptor& from) {
        switch (from.cpp_type()) {
        case FieldDescriptor::CPPTYPE_UINT32:
            return from.default_value_uint32();
        case FieldDescriptor::CPPTYPE_UINT64:
            return static_cast<std::int64_t>(from.default_value_uint64());
        default:
            return from.default_value_int64();
        }
    }

    const ProtobufOptions& options_;
};

DecodePlan::DecodePlan(const SchemaPtr& schema, const Descriptor& message, const ProtobufOptions& options)
    : single_(schema->type() != Type::Struct) {
    const Planner planner(options);
    if (single_) {
        root_ = std::make_unique<MessagePlan>();
        const auto json = json_message(message.full_name());
        if (json == JsonMessage::None) {
            root_->fields.push_back(planner.field(*schema, *message.field(0)));
        } else {
            auto& plan = root_->fields.emplace_back();
            plan.form = Form::Json;
            plan.json = json;
        }
    } else {
        root_ = planner.message(*schema, message);
    }
}

}
