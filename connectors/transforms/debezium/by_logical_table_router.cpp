#include "connectors/transforms/debezium/by_logical_table_router.hpp"

#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "topic.regex",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "The regex used for extracting the name of the logical destination from the original topic name.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Topic regex"},
    {.name = "topic.replacement",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc =
         "The replacement string used in conjunction with topic.regex. This will be used to create the new topic name.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Topic replacement"},
    {.name = "key.enforce.uniqueness",
     .type = ConfigType::Boolean,
     .default_value = "true",
     .importance = Importance::Low,
     .doc =
         "Augment each record's key with a field denoting the source topic. This field distinguishes records coming "
         "from different physical tables which may otherwise have primary/unique key conflicts. If the source tables "
         "are guaranteed to have globally unique keys then this may be set to false to disable key rewriting.",
     .order_in_group = 1,
     .width = Width::Short,
     .display_name = "Add source topic name into key"},
    {.name = "key.field.regex",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc =
         "The regex used for extracting the source identifier from the original topic name. Now that multiple physical "
         "tables can share a topic, the event's key may need to be augmented to include fields other than just those "
         "for the record's primary/unique key, since these are not guaranteed to be unique across different sources. "
         "We need some identifier added to the key that distinguishes the different physical tables.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Key field regex"},
    {.name = "key.field.replacement",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "The replacement string used in conjunction with key.field.regex. This will be used to create the source "
            "identifier in the record's key.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Key field replacement"},
    {.name = "logical.destination.cache.size",
     .type = ConfigType::Int,
     .default_value = "16",
     .importance = Importance::Low,
     .doc = "The size used for holding the max entries in LRUCache. The cache will keep the old/new schema for logical "
            "destination key and value, also cache the derived key and topic regex result for improving the source "
            "record transformation.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Logical destination cache size"},
};

/// Accepted, but on no page.
constexpr ConfigKey hidden_keys[] = {
    {.name = "key.field.name"},
    {.name = "schema.name.adjustment.mode", .default_value = "none"},
};

constexpr std::string_view purpose = "Updating schema";

std::string checked_regex(const Config& config, std::string_view key) {
    auto regex = required_value(config, key);
    if (auto why = regex_complaint(regex); !why.empty()) {
        constexpr std::string_view prefix = "Invalid regex: ";
        refuse_value(key, regex, "A valid regular expressions is expected, but " + why.substr(prefix.size()));
    }
    return regex;
}

}

std::span<const ConfigKey> ByLogicalTableRouter::config_keys() const noexcept { return keys; }

void ByLogicalTableRouter::configure(const Settings& settings) {
    validate(cannot_validate, [&] { read(settings); });
}

void ByLogicalTableRouter::read(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    const auto hidden = ConfigDef(hidden_keys).parse(settings);
    topics_ = std::make_unique<TopicRewriter>(checked_regex(config, "topic.regex"),
                                              required_value(config, "topic.replacement"));
    enforce_uniqueness_ = config.get_boolean("key.enforce.uniqueness");
    key_field_ = hidden.find("key.field.name").value_or(std::string(default_key_field_));
    if (!config.get_string("key.field.regex").empty()) {
        const auto replacement = config.get_string("key.field.replacement");
        if (replacement.empty()) {
            refuse_value("key.field.replacement", "null",
                         "key.field.replacement must be non-empty if key.field.regex is set.");
        }
        identifiers_ = std::make_unique<TopicRewriter>(checked_regex(config, "key.field.regex"), replacement);
    }
    adjustment_ =
        static_cast<NameAdjustment>(choice(hidden, "schema.name.adjustment.mode", {"none", "avro", "avro_unicode"}));
}

/// All of the schema but its name and default.
SchemaPtr ByLogicalTableRouter::renamed(const Schema& schema, std::string_view topic, std::string_view part) const {
    auto parts = basics_of(schema, Type::Struct);
    parts.name = adjust_name(fmt::format("{}{}", topic, part), adjustment_, false);
    parts.optional = schema.optional();
    parts.fields.assign(schema.fields().begin(), schema.fields().end());
    return make_schema(std::move(parts));
}

void ByLogicalTableRouter::rename_key(ConnectRecord& record, std::string_view topic, Arena& arena) {
    if (record.key.is_null()) {
        record.key_schema = nullptr;
        return;
    }
    const auto old = require_struct(record.key_schema, record.key, purpose);
    const auto& plan = key_plans_.get(record.key_schema, [&](const SchemaPtr& schema) {
        auto parts = renamed(*schema, topic, ".Key")->parts();
        if (enforce_uniqueness_) add_field(parts, key_field_, make_schema({.type = Type::String}));
        return KeyPlan{make_schema(std::move(parts))};
    });
    if (enforce_uniqueness_) {
        auto* values = arena.make_array<Value>(old.size() + 1);
        std::ranges::copy(old, values);
        std::string_view identifier = record.topic;
        if (identifiers_) {
            if (const auto& replaced = identifiers_->rewrite(record.topic)) identifier = *replaced;
        }
        values[old.size()] = Value::string(arena.copy(identifier));
        record.key = Value::structure({values, old.size() + 1});
    }
    record.key_schema = plan.schema;
}

bool ByLogicalTableRouter::apply(ConnectRecord& record, Arena& arena) {
    const auto& rewritten = topics_->rewrite(record.topic);
    if (!rewritten) return true;
    if (rewritten->empty()) {
        logger_.warn("Routing regex returned an empty topic name, propagating original record");
        return true;
    }
    const auto topic = arena.copy(*rewritten);
    rename_key(record, topic, arena);
    record.topic = topic;
    if (record.value.is_null() || !is_envelope(record.value_schema)) return true;
    const auto& plan = envelope_plans_.get(record.value_schema, [&](const SchemaPtr& schema) {
        auto parts = renamed(*schema, topic, ".Envelope")->parts();
        const Envelope envelope(*schema);
        const auto row = envelope.before ? envelope.before : envelope.after;
        if (row) {
            const auto row_schema = renamed(*schema->fields()[*row].schema, topic, ".Value");
            if (envelope.before) parts.fields[*envelope.before].schema = row_schema;
            if (envelope.after) parts.fields[*envelope.after].schema = row_schema;
        }
        return EnvelopePlan{make_schema(std::move(parts))};
    });
    record.value_schema = plan.schema;
    return true;
}

}
