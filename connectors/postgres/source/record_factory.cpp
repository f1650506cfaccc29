#include "connectors/postgres/source/record_factory.hpp"

#include "connectors/postgres/types/hex.hpp"
#include "connectors/postgres/types/hstore.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

namespace millrace::postgres {
namespace {

const SchemaPtr& string_schema() {
    static const SchemaPtr schema = make_schema({.type = Type::String});
    return schema;
}

Value one_field(Value field, Arena& arena) {
    auto* values = arena.make_array<Value>(1);
    values[0] = field;
    return Value::structure({values, 1});
}

/// In the order of Debezium's HashMap.
Value event_counts(const std::map<std::string, TableEvents>& collections, std::size_t buckets, Arena& arena) {
    std::vector<HashedEntry> entries(collections.size());
    for (const auto& [name, events] : collections) {
        const Value key = Value::string(arena.copy(name));
        entries[events.place] = {.hash = java_hash(name), .entry = {key, Value::int64(events.count)}};
    }
    auto* list = arena.make_array<Value>(entries.size());
    std::size_t at = 0;
    for (const auto& [name, count] : java_hash_order(entries, buckets, arena)) {
        auto* entry = arena.make_array<Value>(2);
        entry[0] = name;
        entry[1] = count;
        list[at++] = Value::structure({entry, 2});
    }
    return Value::array({list, at});
}

}

std::string uuid_v7(std::int64_t unix_ms, std::uint16_t random_a, std::uint64_t random_b) {
    const auto time = static_cast<std::uint64_t>(unix_ms) & 0xFFFF'FFFF'FFFF;
    return fmt::format("{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}", time >> 16, time & 0xFFFF, random_a & 0xFFF,
                       0x8000 | ((random_b >> 48) & 0x3FFF), random_b & 0xFFFF'FFFF'FFFF);
}

RecordFactory::RecordFactory(const SourceConfig& config, std::string task_id, std::string run_id,
                             std::int64_t (*clock)())
    : config_(config),
      task_id_(std::move(task_id)),
      run_id_(std::move(run_id)),
      clock_(clock),
      source_(config.topics.prefix, config.connection.database),
      message_topic_(TopicNaming(config.topics).message_topic()),
      message_schema_(message_value_schema(config.types.binary != BinaryHandling::Bytes)) {
    if (!config_.extended_headers) return;
    const auto text = [](std::string_view value) { return Value::string(value); };
    context_ = std::make_shared<const std::vector<Header>>(
        std::vector<Header>{{"__debezium.context.connectorLogicalName", string_schema(), text(config_.topics.prefix)},
                            {"__debezium.context.taskId", string_schema(), text(task_id_)},
                            {"__debezium.context.connectorName", string_schema(), text("postgresql")},
                            {"__debezium.context.runId", string_schema(), text(run_id_)}});
}

Headers RecordFactory::headers_with(const ExtraHeader& extra) const {
    auto headers = std::make_shared<std::vector<Header>>();
    headers->push_back({extra.name, extra.schema, extra.value});
    if (context_) headers->insert(headers->end(), context_->begin(), context_->end());
    return headers;
}

SourceRecord RecordFactory::change(const TableModel& table, Value key, Value envelope, OffsetEntries offset) const {
    SourceRecord record;
    record.topic = table.topic();
    record.key_schema = table.key_schema();
    record.key = key;
    record.value_schema = table.envelope_schema();
    record.value = envelope;
    record.headers = context_;
    record.source_offset = offset;
    return record;
}

SourceRecord RecordFactory::tombstone(const TableModel& table, Value key, OffsetEntries offset) const {
    auto record = change(table, key, {}, offset);
    record.value_schema = {};
    return record;
}

SourceRecord RecordFactory::truncate(const TableModel& table, Value envelope, OffsetEntries offset) const {
    auto record = change(table, {}, envelope, offset);
    record.key_schema = {};
    return record;
}

SourceRecord RecordFactory::heartbeat(OffsetEntries offset, Arena& arena) const {
    SourceRecord record;
    record.topic = config_.topics.heartbeat;
    record.partition = 0;
    record.key_schema = heartbeat_key_schema();
    record.key = one_field(Value::string(config_.topics.prefix), arena);
    record.value_schema = heartbeat_value_schema();
    record.value = one_field(Value::int64(now() / 1'000'000), arena);
    record.source_offset = offset;
    return record;
}

Value RecordFactory::message_content(std::string_view content, Arena& arena) const {
    switch (config_.types.binary) {
    case BinaryHandling::Bytes:
        return Value::bytes(content);
    case BinaryHandling::Base64:
        return Value::string(encode_base64(content, false, arena));
    case BinaryHandling::Base64UrlSafe:
        return Value::string(encode_base64(content, true, arena));
    case BinaryHandling::Hex:
        return Value::string(encode_hex(content, arena));
    }
    return {};
}

SourceRecord RecordFactory::message(const LogicalMessage& message, const SourceInfo& source, Value transaction,
                                    OffsetEntries offset, Arena& arena) const {
    auto* content = arena.make_array<Value>(2);
    content[0] = Value::string(message.prefix);
    content[1] = message_content(message.content, arena);
    auto* values = arena.make_array<Value>(5);
    values[0] = Value::string("m");
    values[1] = Value::int64(now() / 1'000'000);
    values[2] = source_.make(source, arena);
    values[3] = transaction;
    values[4] = Value::structure({content, 2});
    SourceRecord record;
    record.topic = message_topic_;
    record.key_schema = message_key_schema();
    record.key = one_field(Value::string(message.prefix), arena);
    record.value_schema = message_schema_;
    record.value = Value::structure({values, 5});
    record.source_offset = offset;
    return record;
}

SourceRecord RecordFactory::transaction(const TransactionEvent& event, OffsetEntries offset, Arena& arena) const {
    auto* values = arena.make_array<Value>(5);
    values[0] = Value::string(event.end ? "END" : "BEGIN");
    values[1] = Value::string(event.id);
    if (event.end) {
        values[2] = Value::int64(event.events);
        values[3] = event_counts(*event.collections, event.buckets, arena);
    }
    values[4] = Value::int64(event.ts_usec / 1000);
    SourceRecord record;
    record.topic = config_.topics.transaction;
    record.key_schema = transaction_key_schema();
    record.key = one_field(Value::string(event.id), arena);
    record.value_schema = transaction_value_schema();
    record.value = Value::structure({values, 5});
    record.source_offset = offset;
    return record;
}

}
