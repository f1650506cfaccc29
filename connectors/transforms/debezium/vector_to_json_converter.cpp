#include "connectors/transforms/debezium/vector_to_json_converter.hpp"

#include "connectors/support/java_number.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace millrace::transforms {

namespace {

void append_number(std::string& out, const Value& number) {
    if (number.kind() == Value::Kind::Float32) return append_java_float(out, static_cast<float>(number.as_double()));
    if (number.kind() == Value::Kind::Float64) return append_java_double(out, number.as_double());
    if (number.is_null()) {
        out += "null";
        return;
    }
    fmt::format_to(std::back_inserter(out), "{}", number.as_integer());
}

Value vector_text(const Value& vector, Arena& arena) {
    std::string out = "{ \"values\": [";
    for (const auto& element : vector.as_values()) {
        if (&element != vector.as_values().data()) out += ", ";
        append_number(out, element);
    }
    return Value::string(arena.copy(out += "] }"));
}

Value sparse_vector_text(const Schema& schema, const Value& vector, Arena& arena) {
    const auto dimensions = typed_field(schema, vector, "dimensions", Type::Int16);
    const auto entries = typed_field(schema, vector, "vector", Type::Map);
    std::map<std::int64_t, Value> sorted;
    for (const auto& entry : entries.as_entries()) sorted.emplace(entry.key.as_integer(), entry.value);
    std::string out = "{ \"dimensions\": ";
    append_number(out, dimensions);
    out += ", \"vector\": { ";
    for (bool first = true; const auto& [index, number] : sorted) {
        fmt::format_to(std::back_inserter(out), "{}\"{}\": ", first ? "" : ", ", index);
        append_number(out, number);
        first = false;
    }
    return Value::string(arena.copy(out += " } }"));
}

SchemaPtr json_schema(bool optional) {
    return make_schema({.type = Type::String, .optional = optional, .name = "io.debezium.data.Json", .version = 1});
}

}

VectorToJsonConverter::Plan VectorToJsonConverter::make_plan(const Schema& schema) {
    auto parts = basics_of(schema, Type::Struct);
    parts.optional = schema.optional();
    std::vector<Column> columns;
    for (const auto& field : schema.fields()) {
        const auto& name = field.schema->name();
        Column column;
        auto made = field.schema;
        if (name == "io.debezium.data.DoubleVector" || name == "io.debezium.data.FloatVector") {
            column.form = Form::Vector;
            made = json_schema(field.schema->optional());
        } else if (name == "io.debezium.data.SparseDoubleVector") {
            column.form = Form::SparseVector;
            made = json_schema(field.schema->optional());
        } else if (field.schema->type() == Type::Struct) {
            auto inner = make_plan(*field.schema);
            column = {.form = Form::Struct, .fields = std::move(inner.columns)};
            made = std::move(inner.schema);
        }
        parts.fields.push_back({field.name, std::move(made)});
        columns.push_back(std::move(column));
    }
    const bool changed = changes(schema, columns);
    return {.schema = make_schema(std::move(parts)), .columns = std::move(columns), .changes = changed};
}

/// Also what has a default, which takes the place of nulls.
bool VectorToJsonConverter::changes(const Schema& schema, const std::vector<Column>& columns) noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& field = *schema.fields()[i].schema;
        if (!field.default_value().is_null()) return true;
        if (columns[i].form == Form::Struct ? changes(field, columns[i].fields) : columns[i].form != Form::Same) {
            return true;
        }
    }
    return false;
}

Value VectorToJsonConverter::convert_field(const Field& field, const Value& value, const Column& column, Arena& arena) {
    if (value.is_null()) return value;
    switch (column.form) {
    case Form::Same:
        break;
    case Form::Vector:
        return vector_text(value, arena);
    case Form::SparseVector:
        return sparse_vector_text(*field.schema, value, arena);
    case Form::Struct:
        return convert(*field.schema, value, column.fields, arena);
    }
    return value;
}

Value VectorToJsonConverter::convert(const Schema& schema, const Value& structure, const std::vector<Column>& columns,
                                     Arena& arena) {
    const auto old = structure.as_values();
    auto* values = arena.make_array<Value>(old.size());
    for (std::size_t i = 0; i < old.size(); ++i) {
        const auto& field = schema.fields()[i];
        values[i] = convert_field(field, field_value(field, old[i], true), columns[i], arena);
    }
    return Value::structure({values, old.size()});
}

bool VectorToJsonConverter::apply(ConnectRecord& record, Arena& arena) {
    if (record.value.is_null()) return true;
    require_struct(record.value_schema, record.value, "Value should be a struct");
    const auto& plan = plans_.get(record.value_schema, [](const SchemaPtr& schema) { return make_plan(*schema); });
    if (plan.changes) record.value = convert(*record.value_schema, record.value, plan.columns, arena);
    record.value_schema = plan.schema;
    return true;
}

}
