#include "connectors/transforms/debezium/schema_change_event_filter.hpp"

#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/requirements.hpp"

#include <algorithm>
#include <stdexcept>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "schema.change.event.exclude.list",
     .type = ConfigType::String,
     .importance = Importance::High,
     .doc = "Support filtering during DDL synchronization",
     .order_in_group = 1,
     .width = Width::Short,
     .display_name = "Schema change event exclude list"},
};

constexpr std::string_view types[] = {"CREATE", "ALTER", "DROP", "TRUNCATE", "DATABASE"};

bool is_schema_change(const SchemaPtr& schema) noexcept {
    return schema && (schema->name().ends_with(".SchemaChangeValue") || schema->name().ends_with(".SchemaChangeKey"));
}

}

std::span<const ConfigKey> SchemaChangeEventFilter::config_keys() const noexcept { return keys; }

void SchemaChangeEventFilter::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    excluded_ = split_list(required_value(config, "schema.change.event.exclude.list"));
    for (const auto& type : excluded_) {
        if (std::ranges::find(types, type) != std::end(types)) continue;
        throw std::invalid_argument("No enum constant io.debezium.schema.SchemaChangeEvent.SchemaChangeEventType." +
                                    type);
    }
}

bool SchemaChangeEventFilter::apply(ConnectRecord& record, Arena&) {
    if (record.value.is_null() || !is_schema_change(record.value_schema)) return true;
    require_struct(record.value_schema, record.value, "Read schema change event to filter");
    const auto& schema = *record.value_schema;
    const auto changes = typed_field(schema, record.value, "tableChanges", Type::Array);
    if (changes.is_null()) return false;
    std::string_view type = "DATABASE";
    if (!changes.as_values().empty()) {
        const auto& element = schema.fields()[place_of(schema, "tableChanges")].schema->value_schema();
        const auto named = typed_field(*element, changes.as_values()[0], "type", Type::String);
        type = named.is_null() ? std::string_view() : named.as_text();
    }
    return std::ranges::find(excluded_, type) == excluded_.end();
}

}
