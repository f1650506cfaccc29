#include "connectors/transforms/insert_field.hpp"

#include "connectors/support/logical_type.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "topic.field",
     .type = ConfigType::String,
     .importance = Importance::Medium,
     .doc = "Field name for Kafka topic. Suffix with <code>!</code> to make this a required field, or <code>?</code> "
            "to keep it optional (the default)."},
    {.name = "partition.field",
     .type = ConfigType::String,
     .importance = Importance::Medium,
     .doc = "Field name for Kafka partition. Suffix with <code>!</code> to make this a required field, or "
            "<code>?</code> to keep it optional (the default)."},
    {.name = "offset.field",
     .type = ConfigType::String,
     .importance = Importance::Medium,
     .doc = "Field name for Kafka offset - only applicable to sink connectors.<br/>Suffix with <code>!</code> to make "
            "this a required field, or <code>?</code> to keep it optional (the default)."},
    {.name = "timestamp.field",
     .type = ConfigType::String,
     .importance = Importance::Medium,
     .doc = "Field name for record timestamp. Suffix with <code>!</code> to make this a required field, or "
            "<code>?</code> to keep it optional (the default)."},
    {.name = "static.field",
     .type = ConfigType::String,
     .importance = Importance::Medium,
     .doc = "Field name for static data field. Suffix with <code>!</code> to make this a required field, or "
            "<code>?</code> to keep it optional (the default)."},
    {.name = "static.value",
     .type = ConfigType::String,
     .importance = Importance::Medium,
     .doc = "Static field value, if field name configured."},
    replace_null_key,
};

constexpr std::string_view purpose = "field insertion";

}

std::span<const ConfigKey> InsertField::config_keys() const noexcept { return keys; }

/// A name may end in ! (required) or ? (optional, which is the default).
void InsertField::add(const Config& config, std::string_view setting, Source source) {
    auto name = config.find(setting);
    if (!name) return;
    const bool optional = !name->ends_with('!');
    if (name->ends_with('!') || name->ends_with('?')) name->pop_back();
    SchemaPtr schema;
    if (source == Source::Timestamp) {
        schema = make_logical_schema(Logical::Timestamp, optional);
    } else {
        const auto type = source == Source::Partition ? Type::Int32
                          : source == Source::Offset  ? Type::Int64
                                                      : Type::String;
        schema = make_schema({.type = type, .optional = optional});
    }
    insertions_.push_back({.source = source, .name = std::move(*name), .schema = std::move(schema)});
}

void InsertField::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    add(config, "topic.field", Source::Topic);
    add(config, "partition.field", Source::Partition);
    add(config, "offset.field", Source::Offset);
    add(config, "timestamp.field", Source::Timestamp);
    add(config, "static.field", Source::Constant);
    if (insertions_.empty()) throw ConfigException("No field insertion configured");
    const auto constant = config.find("static.value");
    if (insertions_.back().source == Source::Constant && !constant) {
        throw ConfigException(
            fmt::format("Invalid value null for configuration static.value: No value specified for static field: {}",
                        insertions_.back().name));
    }
    constant_ = constant.value_or("");
    with_default_ = config.get_boolean("replace.null.with.default");
}

Value InsertField::value_of(const Insertion& insertion, const ConnectRecord& record) const {
    switch (insertion.source) {
    case Source::Topic:
        return Value::string(record.topic);
    case Source::Partition:
        return record.partition ? Value::int32(*record.partition) : Value();
    case Source::Offset:
        if (record.direction != Direction::Sink) {
            throw DataException(fmt::format(
                "Only SinkRecord supported for [{}], found: org.apache.kafka.connect.source.SourceRecord", purpose));
        }
        return Value::int64(static_cast<const SinkRecord&>(record).kafka_offset);
    case Source::Timestamp:
        return record.timestamp ? Value::int64(*record.timestamp) : Value();
    case Source::Constant:
        return Value::string(constant_);
    }
    return {};
}

InsertField::Plan InsertField::make_plan(const Schema& schema) const {
    auto parts = basics_of(schema, Type::Struct);
    parts.fields.assign(schema.fields().begin(), schema.fields().end());
    for (const auto& insertion : insertions_) add_field(parts, insertion.name, insertion.schema);
    return {make_schema(std::move(parts))};
}

bool InsertField::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (operand.value.is_null()) return true;
    if (!operand.schema) {
        MapBuilder map(arena, require_map(operand.value, purpose), insertions_.size());
        for (const auto& insertion : insertions_) {
            const auto value = value_of(insertion, record);
            if (!value.is_null()) map.put(insertion.name, value);
        }
        operand.value = map.value();
        return true;
    }
    const auto old = require_struct(operand.schema, operand.value, purpose);
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) { return make_plan(*schema); });
    auto* values = arena.make_array<Value>(old.size() + insertions_.size());
    for (std::size_t i = 0; i < old.size(); ++i) {
        const auto& field = operand.schema->fields()[i];
        values[i] = field_value(field, old[i], with_default_);
        require_present(field, values[i]);
    }
    for (std::size_t i = 0; i < insertions_.size(); ++i) values[old.size() + i] = value_of(insertions_[i], record);
    operand.value = Value::structure({values, old.size() + insertions_.size()});
    operand.schema = plan.schema;
    return true;
}

}
