#include "connectors/postgres/source/notifications.hpp"

#include "connectors/support/json.hpp"

#include <fmt/format.h>

#include <random>

namespace millrace::postgres {
namespace {

SchemaPtr plain(Type type) { return make_schema({.type = type}); }

const SchemaPtr& key_schema() {
    static const SchemaPtr schema = make_schema({.type = Type::Struct,
                                                 .name = "io.debezium.connector.common.NotificationKey",
                                                 .version = 1,
                                                 .fields = {{"id", plain(Type::String)}}});
    return schema;
}

const SchemaPtr& value_schema() {
    static const SchemaPtr schema = [] {
        const auto data = make_schema(
            {.type = Type::Map, .optional = true, .key = plain(Type::String), .value = plain(Type::String)});
        return make_schema({.type = Type::Struct,
                            .name = "io.debezium.connector.common.Notification",
                            .version = 1,
                            .fields = {{"id", plain(Type::String)},
                                       {"type", plain(Type::String)},
                                       {"aggregate_type", plain(Type::String)},
                                       {"additional_data", data},
                                       {"timestamp", plain(Type::Int64)}}});
    }();
    return schema;
}

Value structure(std::initializer_list<Value> fields, Arena& arena) {
    auto* values = arena.make_array<Value>(fields.size());
    std::ranges::copy(fields, values);
    return Value::structure({values, fields.size()});
}

Value map(const std::vector<std::pair<std::string, std::string>>& data, Arena& arena) {
    auto* entries = arena.make_array<MapEntry>(data.size());
    std::size_t at = 0;
    for (const auto& [key, value] : data) {
        entries[at++] = {Value::string(arena.copy(key)), Value::string(arena.copy(value))};
    }
    return Value::map({entries, data.size()});
}

void write_data(json::Writer& writer, const std::vector<std::pair<std::string, std::string>>& data) {
    writer.begin_object();
    for (const auto& [key, value] : data) writer.key(key).string(value);
    writer.end_object();
}

/// For the log: the names of the record's fields.
std::string as_json(const Notification& notification, std::int64_t timestamp) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    writer.key("id").string(notification.id);
    writer.key("type").string(notification.type);
    writer.key("aggregate_type").string(notification.aggregate);
    write_data(writer.key("additional_data"), notification.data);
    writer.key("timestamp").integer(timestamp);
    writer.end_object();
    return text;
}

/// For the channel http: names and order are Debezium's.
std::string as_posted(const Notification& notification, std::int64_t timestamp) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    writer.key("aggregateType").string(notification.aggregate);
    writer.key("type").string(notification.type);
    write_data(writer.key("additionalData"), notification.data);
    writer.key("timestamp").integer(timestamp);
    writer.key("id").string(notification.id);
    writer.end_object();
    return text;
}

}

std::string random_uuid() {
    static thread_local std::random_device random;
    const auto word = [&] { return static_cast<std::uint32_t>(random()); };
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:08x}{:04x}", word(), word() & 0xFFFF, word() & 0xFFF,
                       0x8000 | (word() & 0x3FFF), word(), word() & 0xFFFF);
}

Notifier::Notifier(const SourceConfig& config, std::int64_t (*clock)(), Logger logger)
    : config_(config), clock_(clock), logger_(std::move(logger)) {
    if (!config.notifications.http) return;
    http_ = std::make_unique<HttpNotifications>(
        HttpNotifications::Parts{.config = config.notifications, .logger = logger_});
}

void Notifier::send(Notification notification, const OffsetState* offset, BatchBuilder& batch) const {
    if (metrics_ != nullptr) metrics_->notified(notification.aggregate, notification.type);
    if (metrics_ != nullptr && notification.aggregate == aggregate::initial) {
        metrics_->snapshot(notification.type, notification.data);
    }
    const auto& channels = config_.notifications;
    if (!channels.sink && !channels.log && !http_) return;
    if (notification.id.empty()) notification.id = random_uuid();
    notification.data.emplace_back("connector_name", config_.topics.prefix);
    const auto timestamp = clock_() / 1'000'000;
    if (channels.log) logger_.info("[Notification Service]  {}", as_json(notification, timestamp));
    if (http_) http_->send(notification.type, as_posted(notification, timestamp));
    if (!channels.sink) return;
    auto& arena = batch.values();
    const auto id = Value::string(arena.copy(notification.id));
    SourceRecord record;
    record.topic = channels.topic;
    record.key_schema = key_schema();
    record.key = structure({id}, arena);
    record.value_schema = value_schema();
    record.value = structure({id, Value::string(notification.type), Value::string(notification.aggregate),
                              map(notification.data, arena), Value::int64(timestamp)},
                             arena);
    if (offset != nullptr) record.source_offset = write_offset(*offset, batch.offsets());
    batch.add(std::move(record));
}

}
