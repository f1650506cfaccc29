#include "connectors/transforms/debezium/event_router.hpp"

#include "connectors/converters/java_text.hpp"
#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

namespace {

constexpr std::string_view payload_field = "payload";

std::string java_text(const SchemaPtr& schema, const Value& value) {
    std::string text;
    converters::append_java_text(text, schema, value);
    return text;
}

/// Struct.get: with the schema's default. DataException if there is no such column.
Value column_value(const SchemaPtr& schema, const Value& row, std::string_view column) {
    const auto place = place_of(*schema, column);
    return field_value(schema->fields()[place], row.as_values()[place], true);
}

/// The routed value goes before the last part: a.outbox.Value becomes a.outbox.Order.Value.
std::string value_schema_name(const std::string& original, std::string_view route) {
    const auto dot = original.rfind('.');
    if (original.empty()) return std::string(route);
    if (dot == std::string::npos) return fmt::format("{}.{}", route, original);
    return fmt::format("{}{}.{}", original.substr(0, dot + 1), route, original.substr(dot + 1));
}

bool is_empty(const Value& payload) noexcept {
    return payload.is_null() || (payload.kind() == Value::Kind::String && trim(payload.as_text()).empty());
}

}

void EventRouter::read_columns(const Config& config) {
    columns_ = {.id = config.get_string("table.field.event.id"),
                .key = config.get_string("table.field.event.key"),
                .payload = config.get_string("table.field.event.payload"),
                .route = config.get_string("route.by.field"),
                .timestamp = config.get_string("table.field.event.timestamp"),
                .version = config.get_string("table.field.event.schema.version")};
    placements_ = parse_placements(config, "table.fields.additional.placement");
    has_envelope_ = std::ranges::any_of(
        placements_, [](const OutboxPlacement& p) { return p.place == OutboxPlacement::Place::Envelope; });
    ignore_missing_ = choice(config, "table.field.additional.missing", {"ignore", "error"}) == 0;
}

void EventRouter::configure(const Settings& settings) {
    const auto config = ConfigDef(config_keys()).parse(settings);
    read_columns(config);
    invalid_operation_ =
        static_cast<InvalidOperation>(choice(config, "table.op.invalid.behavior", {"warn", "error", "fatal"}));
    expand_json_ = config.get_boolean("table.expand.json.payload");
    json_ = JsonStructure(
        {.keep_nulls = choice(config, "table.json.payload.null.behavior", {"ignore", "optional_bytes"}) == 1,
         .keep_empty_arrays =
             choice(config, "table.json.payload.empty.array.behavior", {"optional_string", "ignore"}) == 0});
    tombstone_on_empty_ = config.get_boolean("route.tombstone.on.empty.payload");
    const auto regex = config.get_string("route.topic.regex");
    if (auto why = regex_complaint(regex); !why.empty()) {
        constexpr std::string_view prefix = "Invalid regex: ";
        refuse_value("route.topic.regex", regex,
                     "A valid regular expressions is expected, but " + why.substr(prefix.size()));
    }
    topics_ = std::make_unique<TopicRewriter>(regex, config.get_string("route.topic.replacement"));
}

/// False: the record is dropped.
bool EventRouter::refuse_update(const ConnectRecord& record) const {
    const auto key = java_text(record.key_schema, record.key);
    if (invalid_operation_ == InvalidOperation::Fatal) {
        throw ConnectException(fmt::format("Unexpected update message received {}, fail.", key));
    }
    const auto level = invalid_operation_ == InvalidOperation::Warn ? LogLevel::Warn : LogLevel::Error;
    logger_.log(level, "Unexpected update message received {} and ignored", key);
    return false;
}

std::optional<std::int64_t> EventRouter::timestamp_of(const ConnectRecord& record, const Envelope& envelope,
                                                      const Row& row) const {
    const auto event_time = part_of(record.value, envelope.ts_ms);
    const auto of_event = event_time.is_null() ? std::nullopt : std::optional(event_time.as_integer());
    if (columns_.timestamp.empty()) return of_event;
    if (!row.schema->index_of(columns_.timestamp)) {
        throw ConnectException(fmt::format("Unable to find timestamp field {} in event", columns_.timestamp));
    }
    const auto value = typed_field(*row.schema, row.value, columns_.timestamp, Type::Int64);
    if (value.is_null()) return of_event;
    const auto& schema = *row.schema->fields()[place_of(*row.schema, columns_.timestamp)].schema;
    if (schema.name().empty()) {
        throw ConnectException(fmt::format(
            "Unsupported field type {} (without logical schema name) for event timestamp", type_name(schema.type())));
    }
    if (schema.name() == "io.debezium.time.Timestamp") return value.as_integer();
    if (schema.name() == "io.debezium.time.MicroTimestamp") return value.as_integer() / 1000;
    if (schema.name() == "io.debezium.time.NanoTimestamp") return value.as_integer() / 1'000'000;
    throw ConnectException(fmt::format("Unsupported field type {} for event timestamp", schema.name()));
}

SchemaAndValue EventRouter::payload_of(const ConnectRecord& record, const Row& row, Arena& arena) {
    const auto place = place_of(*row.schema, columns_.payload);
    const auto& field = row.schema->fields()[place];
    const auto& payload = field_value(field, row.value.as_values()[place], true);
    if (expand_json_ && payload.kind() == Value::Kind::String) {
        try {
            return json_.parse(columns_.payload, payload.as_text(), arena);
        } catch (const DataException& e) {
            logger_.warn("JSON expansion failed: {}", e.what());
        }
    } else if (expand_json_ && !payload.is_null()) {
        logger_.warn("Expand JSON payload is turned on but payload is not a string in {}",
                     java_text(record.key_schema, record.key));
    }
    return {field.schema, payload};
}

SchemaPtr EventRouter::make_value_schema(const SchemaPtr& payload, const Row& row, std::string_view route) const {
    SchemaParts parts{.type = Type::Struct, .name = value_schema_name(row.schema->name(), route)};
    add_field(parts, std::string(payload_field), payload);
    for (const auto& placement : placements_) {
        if (placement.place != OutboxPlacement::Place::Envelope) continue;
        const auto place = row.schema->index_of(placement.column);
        if (place) {
            add_field(parts, placement.alias, row.schema->fields()[*place].schema);
        } else if (!ignore_missing_) {
            throw ConnectException(fmt::format("Unable to find field {} in event", placement.column));
        }
    }
    return make_schema(std::move(parts));
}

/// As Debezium has it: one schema for each schema of payloads, or for each version, whatever the route.
SchemaPtr EventRouter::value_schema(const SchemaPtr& payload, const Row& row, std::string_view route) {
    if (columns_.version.empty()) {
        return values_
            .get(payload, [&](const SchemaPtr& schema) { return ValuePlan{make_value_schema(schema, row, route)}; })
            .schema;
    }
    const auto version = typed_field(*row.schema, row.value, columns_.version, Type::Int32);
    auto& known = versioned_values_[static_cast<std::int32_t>(version.is_null() ? 0 : version.as_integer())];
    if (!known) {
        auto parts = make_value_schema(payload, row, route)->parts();
        if (!version.is_null()) parts.version = static_cast<std::int32_t>(version.as_integer());
        known = make_schema(std::move(parts));
    }
    return known;
}

SchemaAndValue EventRouter::value_of(const SchemaAndValue& payload, const Row& row, std::string_view route,
                                     Arena& arena) {
    if (!has_envelope_) return is_empty(payload.value) && tombstone_on_empty_ ? SchemaAndValue{} : payload;
    auto schema = value_schema(payload.schema, row, route);
    if (is_empty(payload.value) && tombstone_on_empty_) return {};
    require_present(schema->fields()[0], payload.value);
    auto* values = arena.make_array<Value>(schema->fields().size());
    values[0] = payload.value;
    for (const auto& placement : placements_) {
        if (placement.place != OutboxPlacement::Place::Envelope) continue;
        if (ignore_missing_ && !row.schema->index_of(placement.column)) continue;
        values[place_of(*schema, placement.alias)] = column_value(row.schema, row.value, placement.column);
    }
    const auto value = Value::structure({values, schema->fields().size()});
    return {std::move(schema), value};
}

Headers EventRouter::headers_of(const ConnectRecord& record, const Row& row) const {
    auto headers = copy_headers(record.headers);
    const auto add = [&](std::string_view name, std::string_view column) {
        headers->push_back({.key = name,
                            .schema = row.schema->fields()[place_of(*row.schema, column)].schema,
                            .value = column_value(row.schema, row.value, column)});
    };
    add("id", columns_.id);
    for (const auto& placement : placements_) {
        if (placement.place != OutboxPlacement::Place::Header) continue;
        if (ignore_missing_ && !row.schema->index_of(placement.column)) continue;
        add(placement.alias, placement.column);
    }
    return headers;
}

std::optional<std::int32_t> EventRouter::partition_of(const Row& row) const {
    std::optional<std::int32_t> partition;
    for (const auto& placement : placements_) {
        if (placement.place != OutboxPlacement::Place::Partition) continue;
        if (ignore_missing_ && !row.schema->index_of(placement.column)) continue;
        const auto value = typed_field(*row.schema, row.value, placement.column, Type::Int32);
        partition = value.is_null() ? std::nullopt : std::optional(static_cast<std::int32_t>(value.as_integer()));
    }
    return partition;
}

bool EventRouter::apply(ConnectRecord& record, Arena& arena) {
    if (record.value.is_null()) return false;
    if (!is_envelope(record.value_schema)) return true;
    require_struct(record.value_schema, record.value, "Detect Debezium Operation");
    const Envelope envelope(*record.value_schema);
    const auto operation = typed_field(*record.value_schema, record.value, "op", Type::String).as_text();
    if (operation == "d") return false;
    if (operation == "u") return refuse_update(record);
    const Row row{record.value_schema->fields()[place_of(*record.value_schema, "after")].schema,
                  part_of(record.value, envelope.after)};
    require_struct(row.schema, row.value, "Read Outbox Event");
    if (!row.schema->index_of(columns_.payload)) {
        throw ConnectException(fmt::format("Unable to find payload field {} in event", columns_.payload));
    }
    const auto timestamp = timestamp_of(record, envelope, row);
    auto headers = headers_of(record, row);
    const auto payload = payload_of(record, row, arena);
    const auto key = column_value(row.schema, row.value, columns_.key);
    const auto route = typed_field(*row.schema, row.value, columns_.route, Type::String);
    if (route.is_null()) {
        throw DataException(fmt::format("The event has no topic: its field {} is null", columns_.route));
    }
    auto made = value_of(payload, row, route.as_text(), arena);
    const auto partition = partition_of(row);
    const auto& topic = topics_->rewrite(route.as_text());

    record.key_schema = row.schema->fields()[place_of(*row.schema, columns_.key)].schema;
    record.key = key;
    record.topic = topic ? arena.copy(*topic) : route.as_text();
    record.partition = partition;
    record.timestamp = timestamp;
    record.headers = std::move(headers);
    record.value_schema = std::move(made.schema);
    record.value = made.value;
    return true;
}

}
