#include "connectors/transforms/debezium/extract_schema_to_new_record.hpp"

#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::transforms {

namespace {

/// Accepted, but on no page.
constexpr ConfigKey hidden_keys[] = {{.name = "schema.name.adjustment.mode", .default_value = "none"}};

constexpr std::string_view added_field = "sourceSchema";

Value text(const std::string* parameter) { return parameter ? Value::string(*parameter) : Value(); }

Value number(const std::string* parameter) {
    if (!parameter) return {};
    std::int32_t value = 0;
    const auto* const end = parameter->data() + parameter->size();
    const auto [stop, error] = std::from_chars(parameter->data(), end, value);
    if (error != std::errc{} || stop != end) throw std::invalid_argument("For input string: \"" + *parameter + '"');
    return Value::int32(value);
}

Value column_of(const Schema& schema, Arena& arena) {
    const auto* type = schema.parameter("__debezium.source.column.type");
    const auto* name = schema.parameter("__debezium.source.column.name");
    if (!type || !name) {
        throw ConnectException(
            "Ensure that enable configurations \"column.propagate.source.type\" or \"datatype.propagate.source.type\" "
            "and the value is set to \".*\"");
    }
    auto* values = arena.make_array<Value>(5);
    values[0] = text(name);
    values[1] = text(type);
    values[2] = number(schema.parameter("__debezium.source.column.length"));
    values[3] = number(schema.parameter("__debezium.source.column.scale"));
    values[4] = text(schema.parameter("__debezium.source.column.comment"));
    return Value::structure({values, 5});
}

}

void ExtractSchemaToNewRecord::configure(const Settings& settings) {
    const auto hidden = ConfigDef(hidden_keys).parse(settings);
    adjustment_ =
        static_cast<NameAdjustment>(choice(hidden, "schema.name.adjustment.mode", {"none", "avro", "avro_unicode"}));
}

SchemaPtr ExtractSchemaToNewRecord::block_schema() const {
    const auto structure = [&](std::string_view name, std::vector<Field> fields) {
        return make_schema({.type = Type::Struct,
                            .name = adjust_name(name, adjustment_, false),
                            .version = 1,
                            .fields = std::move(fields)});
    };
    const auto string = make_schema({.type = Type::String});
    const auto optional_number = make_schema({.type = Type::Int32, .optional = true});
    const auto optional_string = make_schema({.type = Type::String, .optional = true});
    const auto column = structure("io.debezium.connector.source.schema.Column", {{"name", string},
                                                                                 {"typeName", string},
                                                                                 {"length", optional_number},
                                                                                 {"scale", optional_number},
                                                                                 {"comment", optional_string}});
    const auto table = structure("io.debezium.connector.source.schema.Table",
                                 {{"columns", make_schema({.type = Type::Array, .value = column})}});
    return structure("io.debezium.connector.source.Schema", {{"id", string}, {"table", table}});
}

ExtractSchemaToNewRecord::Plan ExtractSchemaToNewRecord::make_plan(const SchemaPtr& schema, const Value& event) const {
    auto parts = basics_of(*schema, Type::Struct);
    parts.optional = schema->optional();
    parts.fields.assign(schema->fields().begin(), schema->fields().end());
    add_field(parts, std::string(added_field), block_schema());
    auto memory = std::make_shared<Arena>(1024);
    const auto columns = schema->fields()[place_of(*schema, "after")].schema->fields();
    auto* values = memory->make_array<Value>(columns.size());
    std::ranges::transform(columns, values, [&](const Field& field) { return column_of(*field.schema, *memory); });
    auto* table = memory->make_array<Value>(1);
    table[0] = Value::array({values, columns.size()});
    const auto source_place = place_of(*schema, "source");
    const auto& source_schema = schema->fields()[source_place].schema;
    const auto id = typed_field(*source_schema, event.as_values()[source_place], "table", Type::String);
    auto* block = memory->make_array<Value>(2);
    block[0] = Value::string(memory->copy(id.as_text()));
    block[1] = Value::structure({table, 1});
    return {.schema = make_schema(std::move(parts)),
            .source_schema = Value::structure({block, 2}),
            .memory = std::move(memory),
            .kept = schema};
}

bool ExtractSchemaToNewRecord::apply(ConnectRecord& record, Arena& arena) {
    if (record.value.is_null() || !is_envelope(record.value_schema)) return true;
    const auto old = require_struct(record.value_schema, record.value, "source field insertion");
    const Envelope envelope(*record.value_schema);
    if (part_of(record.value, envelope.before).is_null() && part_of(record.value, envelope.after).is_null())
        return true;
    const auto& plan =
        plans_.get(record.value_schema, [&](const SchemaPtr& schema) { return make_plan(schema, record.value); });
    const auto fields = record.value_schema->fields();
    auto* values = arena.make_array<Value>(fields.size() + 1);
    for (std::size_t i = 0; i < fields.size(); ++i) values[i] = field_value(fields[i], old[i], true);
    values[fields.size()] = deep_copy(plan.source_schema, arena);
    record.value = Value::structure({values, fields.size() + 1});
    record.value_schema = plan.schema;
    return true;
}

}
