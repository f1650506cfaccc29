#include "connectors/transforms/expressions/node.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"
#include "connectors/transforms/expressions/javascript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::transforms {

namespace {

Operand truth(bool value) noexcept { return data(Value::boolean(value)); }

Operand schema_operand(const SchemaPtr& schema) noexcept {
    if (!schema) return {};
    return {.kind = Operand::Kind::Schema, .schema = &schema};
}

Operand schema_property(const Operand& schema, std::string_view name) {
    const auto& described = **schema.schema;
    const auto text = [](const std::string& value) { return value.empty() ? Value() : Value::string(value); };
    if (name == "name") return data(text(described.name()));
    if (name == "doc") return data(text(described.doc()));
    if (name == "optional") return truth(described.optional());
    if (name == "version") return data(described.version() ? Value::int32(*described.version()) : Value());
    throw DataException(fmt::format("A schema has no property {}", name));
}

Operand field_property(const Operand& field, std::string_view name) {
    if (name == "name") return data(field.value);
    if (name == "schema") return schema_operand(*field.schema);
    throw DataException(fmt::format("A field of a schema has no property {}", name));
}

Operand header_property(const Operand& header, std::string_view name) {
    if (name == "value") return data(*header.schema, header.value);
    if (name == "schema") return schema_operand(*header.schema);
    throw DataException(fmt::format("A header has no property {}", name));
}

bool counts_as_true(const Operand& operand, const Scope& scope) noexcept {
    return scope.dialect == Dialect::JavaScript ? js_truth(operand) : groovy_truth(operand);
}

std::string scalar_text(const Operand& operand) {
    std::string text;
    append_text(text, operand);
    return text;
}

}

Operand ExpressionNode::evaluate(const Scope& scope) {
    switch (kind) {
    case Kind::Literal:
        return data(literal_schema, literal);
    case Kind::List:  // the parser takes one only where its elements are compared one by one
        return {};
    case Kind::Key:
        return data(scope.record.key_schema, scope.record.key);
    case Kind::Value:
        return data(scope.record.value_schema, scope.record.value);
    case Kind::KeySchema:
        return schema_operand(scope.record.key_schema);
    case Kind::ValueSchema:
        return schema_operand(scope.record.value_schema);
    case Kind::Topic:
        return data(millrace::Value::string(scope.record.topic));
    case Kind::Headers:
        return {.kind = Operand::Kind::Headers};
    case Kind::Property:
        return property(children[0].evaluate(scope), scope);
    case Kind::Index: {
        const auto of = children[0].evaluate(scope);
        return index(of, children[1].evaluate(scope), scope);
    }
    case Kind::Call:
        return call(scope);
    case Kind::Negate:
        return negate(children[0].evaluate(scope));
    case Kind::Add:
    case Kind::Subtract:
    case Kind::Multiply:
    case Kind::Remainder: {
        constexpr std::array operations{Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply,
                                        Arithmetic::Remainder};
        const auto left = children[0].evaluate(scope);
        const auto operation = operations[static_cast<std::size_t>(kind) - static_cast<std::size_t>(Kind::Add)];
        const auto right = children[1].evaluate(scope);
        if (scope.dialect == Dialect::JavaScript) return js_compute(operation, left, right, scope.arena);
        return compute(operation, left, right, scope.arena);
    }
    case Kind::And:
    case Kind::Or: {
        if (scope.dialect == Dialect::Groovy) return truth(test(scope));
        const auto left = children[0].evaluate(scope);
        return js_truth(left) == (kind == Kind::And) ? children[1].evaluate(scope) : left;
    }
    case Kind::Conditional:
        return children[children[0].test(scope) ? 1 : 2].evaluate(scope);
    case Kind::Elvis: {
        const auto first = children[0].evaluate(scope);
        return groovy_truth(first) ? first : children[1].evaluate(scope);
    }
    default:
        return truth(test(scope));
    }
}

bool ExpressionNode::test(const Scope& scope) {
    switch (kind) {
    case Kind::Not:
        return !children[0].test(scope);
    case Kind::And:
        return children[0].test(scope) && children[1].test(scope);
    case Kind::Or:
        return children[0].test(scope) || children[1].test(scope);
    case Kind::Equal:
    case Kind::StrictEqual:
        return equals(scope);
    case Kind::NotEqual:
    case Kind::StrictNotEqual:
        return !equals(scope);
    case Kind::Less:
    case Kind::LessOrEqual:
    case Kind::Greater:
    case Kind::GreaterOrEqual:
        return compares(scope);
    case Kind::Matches:
    case Kind::Finds: {
        const auto left = children[0].evaluate(scope);
        if (kind == Kind::Matches && left.is_null()) return false;
        if (left.is_text()) {
            return kind == Kind::Matches ? regex->matches(left.value.as_text()) : regex->found_in(left.value.as_text());
        }
        const auto text = scalar_text(left);
        return kind == Kind::Matches ? regex->matches(text) : regex->found_in(text);
    }
    case Kind::In:
        return is_in(scope);
    case Kind::NotIn:
        return !is_in(scope);
    case Kind::Conditional:
        return children[children[0].test(scope) ? 1 : 2].test(scope);
    case Kind::Elvis:
        return children[0].test(scope) || children[1].test(scope);
    default:
        return counts_as_true(evaluate(scope), scope);
    }
}

bool ExpressionNode::equals(const Scope& scope) {
    const auto left = children[0].evaluate(scope);
    const auto right = children[1].evaluate(scope);
    if (scope.dialect == Dialect::Groovy) return groovy_equal(left, right);
    return js_equal(left, right, kind == Kind::StrictEqual || kind == Kind::StrictNotEqual);
}

bool ExpressionNode::compares(const Scope& scope) {
    const auto left = children[0].evaluate(scope);
    const auto right = children[1].evaluate(scope);
    const std::partial_ordering order =
        scope.dialect == Dialect::JavaScript ? js_compare(left, right) : groovy_compare(left, right) <=> 0;
    switch (kind) {
    case Kind::Less:
        return order < 0;
    case Kind::LessOrEqual:
        return order <= 0;
    case Kind::Greater:
        return order > 0;
    default:
        return order >= 0;
    }
}

bool ExpressionNode::is_in(const Scope& scope) {
    const auto sought = children[0].evaluate(scope);
    const auto equal_to_sought = [&](const Operand& element) {
        return scope.dialect == Dialect::JavaScript ? js_equal(element, sought, true) : java_equal(element, sought);
    };
    if (children[1].kind == Kind::List) {
        bool found = false;
        for (auto& element : children[1].children) found = equal_to_sought(element.evaluate(scope)) || found;
        return found;
    }
    const auto list = children[1].evaluate(scope);
    if (list.is_null()) return sought.is_null();
    if (!list.is_list()) throw DataException(fmt::format("Behind `in` stands {}, not a list", class_name(list)));
    return std::ranges::any_of(list.value.as_values(), [&](const millrace::Value& element) {
        return java_equal(element_of(list, element), sought);
    });
}

Operand ExpressionNode::property(const Operand& of, const Scope& scope) {
    switch (of.kind) {
    case Operand::Kind::Schema:
        return schema_property(of, name);
    case Operand::Kind::Field:
        return field_property(of, name);
    case Operand::Kind::Headers:
        return header_of(scope, name);
    case Operand::Kind::Header:
        return header_property(of, name);
    case Operand::Kind::Data:
        break;
    }
    if (of.is_struct()) {
        const auto& place = places.get(*of.schema, [&](const SchemaPtr& schema) { return schema->index_of(name); });
        if (!place && scope.dialect == Dialect::JavaScript) return {};
        if (!place) throw DataException(fmt::format("{} is not a valid field name", name));
        const auto& field = (*of.schema)->fields()[*place];
        const auto& found = of.value.as_values()[*place];
        return data(field.schema, found.is_null() ? field.schema->default_value() : found);
    }
    if (of.is_map()) return map_entry(of, data(millrace::Value::string(name)));
    if (const auto logical = logical_of(*of.schema);
        name == "time" && !of.is_null() && logical != Logical::None && logical != Logical::Decimal) {
        return data(millrace::Value::int64(epoch_ms(logical, of.value)));
    }
    if (name == "length" && of.is_text() && scope.dialect == Dialect::JavaScript) {
        return data(millrace::Value::int32(static_cast<std::int32_t>(to_utf16(of.value.as_text()).size())));
    }
    if (of.is_null()) {
        if (safe) return {};
        throw DataException(fmt::format("Cannot get property '{}' on null object", name));
    }
    throw DataException(fmt::format("{} has no property {}", class_name(of), name));
}

Operand ExpressionNode::index(const Operand& of, const Operand& by, const Scope& scope) {
    if (of.is_map()) return map_entry(of, by);
    const bool javascript = scope.dialect == Dialect::JavaScript;
    if (by.is_text() && of.is_struct()) {
        if (javascript && !(*of.schema)->index_of(by.value.as_text())) return {};
        return struct_field(of, by.value.as_text());
    }
    if (by.is_text() && of.kind == Operand::Kind::Headers) return header_of(scope, by.value.as_text());
    const auto by_kind = by.value.kind();
    const bool whole = by_kind >= millrace::Value::Kind::Int8 && by_kind <= millrace::Value::Kind::Int64;
    if (of.is_list() && by.kind == Operand::Kind::Data && whole) {
        if (javascript && by.value.as_integer() < 0) return {};
        return list_element(of, by.value.as_integer());
    }
    throw DataException(fmt::format("Cannot take an element of {} by {}", class_name(of), class_name(by)));
}

Operand ExpressionNode::call(const Scope& scope) {
    const auto on = children[0].evaluate(scope);
    if (on.is_null()) {
        if (safe) return {};
        if (name != "equals") throw DataException(fmt::format("Cannot invoke method {}() on null object", name));
    }
    if (scope.dialect == Dialect::JavaScript && name == "includes" && on.is_list()) {
        const auto sought = children[1].evaluate(scope);
        return truth(std::ranges::any_of(on.value.as_values(), [&](const millrace::Value& element) {
            return js_equal(element_of(on, element), sought, true);
        }));
    }
    std::array<Operand, 2> arguments;
    const auto count = children.size() - 1;
    for (std::size_t i = 0; i < count; ++i) arguments[i] = children[i + 1].evaluate(scope);
    return method->run(
        {.name = name, .on = on, .arguments = std::span(arguments).first(count), .regex = regex.get(), .scope = scope});
}

}
