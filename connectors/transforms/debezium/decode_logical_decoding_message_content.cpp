#include "connectors/transforms/debezium/decode_logical_decoding_message_content.hpp"

#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "fields.null.include",
     .type = ConfigType::Boolean,
     .default_value = "false",
     .importance = Importance::Medium,
     .doc = "Defines whether to include fields with null values to the decoded structure",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Defines whether to include fields with null values to the decoded structure"},
};

constexpr std::string_view message_schema = "io.debezium.connector.postgresql.MessageValue";
constexpr std::string_view purpose = "Retrieve content of a logical decoding message";

}

std::span<const ConfigKey> DecodeLogicalDecodingMessageContent::config_keys() const noexcept { return keys; }

void DecodeLogicalDecodingMessageContent::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    json_ = JsonStructure({.keep_nulls = config.get_boolean("fields.null.include"), .keep_empty_arrays = false});
}

DecodeLogicalDecodingMessageContent::Plan DecodeLogicalDecodingMessageContent::make_plan(const Schema& message,
                                                                                         const SchemaPtr& content) {
    Plan plan;
    SchemaParts parts{.type = Type::Struct, .name = message.name() + ".Envelope"};
    for (std::size_t i = 0; i < message.fields().size(); ++i) {
        if (message.fields()[i].name == "message") continue;
        parts.fields.push_back(message.fields()[i]);
        plan.from.push_back(i);
    }
    add_field(parts, "after", content);
    plan.schema = make_schema(std::move(parts));
    return plan;
}

bool DecodeLogicalDecodingMessageContent::apply(ConnectRecord& record, Arena& arena) {
    if (!record.value_schema || record.value_schema->name() != message_schema) return true;
    const auto old = require_struct(record.value_schema, record.value, "Retrieve a record value");
    const auto& schema = *record.value_schema;
    const auto place = place_of(schema, "message");
    const auto& block_schema = schema.fields()[place].schema;
    require_struct(block_schema, old[place], purpose);
    const auto content_place = place_of(*block_schema, "content");
    if (block_schema->fields()[content_place].schema->type() != Type::Bytes) {
        throw DataException("The content of a logical decoding message is non-binary");
    }
    const auto text = old[place].as_values()[content_place].as_text();
    if (!text.starts_with('{') && !text.starts_with('[')) {
        throw DataException(fmt::format("Unable to parse logical decoding message content JSON string '{}'", text));
    }
    const auto content = json_.parse("", text, arena);
    const auto& plan = plans_.get(content.schema, [&](const SchemaPtr& made) { return make_plan(schema, made); });
    auto* values = arena.make_array<Value>(plan.from.size() + 1);
    for (std::size_t i = 0; i < plan.from.size(); ++i) {
        const auto& field = schema.fields()[plan.from[i]];
        values[i] = field.name == "op" ? Value::string("c") : field_value(field, old[plan.from[i]], true);
    }
    values[plan.from.size()] = content.value;
    record.value = Value::structure({values, plan.from.size() + 1});
    record.value_schema = plan.schema;
    record.key = {};
    record.key_schema = nullptr;
    return true;
}

}
