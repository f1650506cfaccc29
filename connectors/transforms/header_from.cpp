#include "connectors/transforms/header_from.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

namespace {

std::string valid_operation(std::string_view value) { return one_of(value, {"move", "copy"}); }

constexpr ConfigKey keys[] = {
    {.name = "fields",
     .type = ConfigType::List,
     .default_value = required,
     .valid = non_empty_list,
     .importance = Importance::High,
     .doc = "Field names in the record whose values are to be copied or moved to headers.",
     .null_complaint = "Empty list"},
    {.name = "headers",
     .type = ConfigType::List,
     .default_value = required,
     .valid = non_empty_list,
     .importance = Importance::High,
     .doc = "Header names, in the same order as the field names listed in the fields configuration property.",
     .null_complaint = "Empty list"},
    {.name = "operation",
     .type = ConfigType::String,
     .default_value = required,
     .valid = valid_operation,
     .importance = Importance::High,
     .doc = "Either <code>move</code> if the fields are to be moved to the headers (removed from the key/value), or "
            "<code>copy</code> if the fields are to be copied to the headers (retained in the key/value).",
     .null_complaint = "String must be one of: move, copy"},
    replace_null_key,
};

}

std::span<const ConfigKey> HeaderFrom::config_keys() const noexcept { return keys; }

void HeaderFrom::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    fields_ = config.get_list("fields");
    headers_ = config.get_list("headers");
    if (fields_.size() != headers_.size()) {
        throw ConfigException("'fields' config must have the same number of elements as 'headers' config.");
    }
    move_ = config.get_string("operation") == "move";
    with_default_ = config.get_boolean("replace.null.with.default");
}

std::string HeaderFrom::purpose() const { return move_ ? "header move" : "header copy"; }

HeaderFrom::Plan HeaderFrom::make_plan(const Schema& schema) const {
    Plan plan;
    for (const auto& name : fields_) {
        const auto place = schema.index_of(name);
        if (!place) {
            throw DataException(
                fmt::format("The field '{}', which is to become a header, is not in {}", name, schema_text(schema)));
        }
        plan.fields.push_back(*place);
    }
    if (!move_) return plan;
    auto parts = basics_of(schema, Type::Struct);
    for (std::size_t i = 0; i < schema.fields().size(); ++i) {
        if (std::ranges::find(plan.fields, i) != plan.fields.end()) continue;
        parts.fields.push_back(schema.fields()[i]);
        plan.kept.push_back(i);
    }
    plan.schema = make_schema(std::move(parts));
    return plan;
}

bool HeaderFrom::apply_schemaless(ConnectRecord& record, Operand operand, Arena& arena) const {
    const auto entries = require_map(operand.value, purpose());
    auto headers = copy_headers(record.headers);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const auto* value = find_entry(entries, fields_[i]);
        headers->push_back({.key = headers_[i], .schema = nullptr, .value = value ? *value : Value()});
    }
    record.headers = std::move(headers);
    if (!move_) return true;
    MapBuilder kept(arena, entries.size());
    for (const auto& entry : entries) {
        if (std::ranges::find(fields_, entry.key.as_text()) == fields_.end()) {
            kept.put(entry.key.as_text(), entry.value);
        }
    }
    operand.value = kept.value();
    return true;
}

bool HeaderFrom::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (!operand.schema) return apply_schemaless(record, operand, arena);
    const auto old = require_struct(operand.schema, operand.value, purpose());
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) { return make_plan(*schema); });
    const auto fields = operand.schema->fields();
    auto headers = copy_headers(record.headers);
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
        const auto at = plan.fields[i];
        headers->push_back({.key = headers_[i],
                            .schema = fields[at].schema,
                            .value = field_value(fields[at], old[at], with_default_)});
    }
    if (move_) {
        auto* values = arena.make_array<Value>(plan.kept.size());
        for (std::size_t i = 0; i < plan.kept.size(); ++i) {
            const auto& field = fields[plan.kept[i]];
            values[i] = field_value(field, old[plan.kept[i]], with_default_);
            require_present(field, values[i]);
        }
        operand.value = Value::structure({values, plan.kept.size()});
        operand.schema = plan.schema;
    }
    record.headers = std::move(headers);
    return true;
}

}
