#include "connectors/transforms/debezium/header_to_value.hpp"

#include "connectors/support/text.hpp"
#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "headers",
     .type = ConfigType::List,
     .importance = Importance::High,
     .doc = "Header names in the record whose values are to be copied or moved to record value.",
     .order_in_group = 1,
     .display_name = "Header names list"},
    {.name = "fields",
     .type = ConfigType::List,
     .importance = Importance::High,
     .doc = "Field names, in the same order as the header names listed in the headers configuration property. Supports "
            "Struct nesting using dot notation.",
     .order_in_group = 1,
     .display_name = "Field names list"},
    {.name = "operation",
     .type = ConfigType::String,
     .importance = Importance::High,
     .doc = "Either <code>move</code> if the fields are to be moved to the value (removed from the headers), or "
            "<code>copy</code> if the fields are to be copied to the value (retained in the headers).",
     .order_in_group = 1,
     .display_name = "Operation: mover or copy"},
};

std::vector<std::string> names_without_blanks(const Config& config, std::string_view key) {
    auto names = required_list(config, key);
    if (std::ranges::any_of(names, [](const auto& name) { return name.find(' ') != std::string::npos; })) {
        refuse_value(key, config.get_string(key), "Element(s) containing space not permitted");
    }
    return names;
}

}

std::span<const ConfigKey> HeaderToValue::config_keys() const noexcept { return keys; }

void HeaderToValue::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    headers_ = names_without_blanks(config, "headers");
    fields_ = names_without_blanks(config, "fields");
    if (headers_.size() != fields_.size()) {
        throw ConfigException("'fields' config must have the same number of elements as 'headers' config.");
    }
    move_ = choice(config, "operation", {"move", "copy"}) == 0;
}

/// The entries that lie in the field `name`, their paths shortened by it.
HeaderToValue::Entries HeaderToValue::below(const Entries& entries, std::string_view name) {
    Entries inner;
    for (const auto& entry : entries) {
        if (entry.path.size() < 2 || entry.path[0] != name) continue;
        inner.push_back({{entry.path.begin() + 1, entry.path.end()}, entry.schema, entry.value});
    }
    return inner;
}

SchemaPtr HeaderToValue::extended(const Schema& old, const Entries& entries) {
    auto parts = basics_of(old, Type::Struct);
    for (const auto& field : old.fields()) {
        const auto inner = below(entries, field.name);
        if (!inner.empty() && field.schema->type() != Type::Struct) {
            throw DataException(
                fmt::format("Field '{}' is a primitive type, not a struct. Cannot add nested field '{}.{}'.",
                            field.name, field.name, fmt::join(inner[0].path, ".")));
        }
        parts.fields.push_back({field.name, inner.empty() ? field.schema : extended(*field.schema, inner)});
    }
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(parts.fields, [&](const Field& field) { return field.name == name; });
    };
    for (const auto& entry : entries) {
        if (entry.path.size() == 1 && !has(entry.path[0])) {
            add_field(parts, std::string(entry.path[0]), entry.schema);
        }
    }
    static const auto empty = make_schema({.type = Type::Struct});
    for (const auto& entry : entries) {
        if (entry.path.size() == 1 || has(entry.path[0])) continue;
        auto parent = extended(*empty, below(entries, entry.path[0]))->parts();
        parent.optional = true;
        add_field(parts, std::string(entry.path[0]), make_schema(std::move(parent)));
    }
    return make_schema(std::move(parts));
}

Value HeaderToValue::extended(const SchemaPtr& old, const Value& value, const Schema& made, const Entries& entries,
                              Arena& arena) {
    auto* values = arena.make_array<Value>(made.fields().size());
    for (std::size_t i = 0; i < made.fields().size(); ++i) {
        const auto& field = made.fields()[i];
        const bool is_old = old && i < old->fields().size();
        if (is_old) values[i] = field_value(old->fields()[i], value.as_values()[i], true);
        const auto inner = below(entries, field.name);
        if (!inner.empty() && (!is_old || !values[i].is_null())) {
            values[i] = extended(is_old ? old->fields()[i].schema : nullptr, values[i], *field.schema, inner, arena);
        }
        for (const auto& entry : entries) {
            if (entry.path.size() > 1 || entry.path[0] != field.name) continue;
            require_type(field, entry.schema, entry.value);  // in another record the header may have another type
            values[i] = entry.value;
        }
    }
    return Value::structure({values, made.fields().size()});
}

bool HeaderToValue::apply(ConnectRecord& record, Arena& arena) {
    if (record.value.is_null()) return true;
    require_struct(record.value_schema, record.value, "Header field insertion");
    if (!record.headers) return true;
    Entries entries;
    std::vector<std::size_t> which;
    for (const auto& header : *record.headers) {
        const auto wanted = std::ranges::find(headers_, header.key);
        if (wanted == headers_.end()) continue;
        which.push_back(static_cast<std::size_t>(wanted - headers_.begin()));
        if (!header.schema) {
            throw DataException(fmt::format("The header {} has no schema, so it cannot become a field", header.key));
        }
        entries.push_back({java_split(fields_[which.back()], '.'), header.schema, header.value});
    }
    if (entries.empty()) return true;
    const auto& plan = plans_[which].get(record.value_schema,
                                         [&](const SchemaPtr& schema) { return Plan{extended(*schema, entries)}; });
    record.value = extended(record.value_schema, record.value, *plan.schema, entries, arena);
    record.value_schema = plan.schema;
    if (move_) {
        auto left = copy_headers(record.headers);
        std::erase_if(*left, [&](const Header& h) { return std::ranges::find(headers_, h.key) != headers_.end(); });
        record.headers = std::move(left);
    }
    return true;
}

}
