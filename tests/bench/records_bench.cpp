/// What each converter and each transformation takes for a change event of Debezium's form: 6 columns and the source
/// block, 450 bytes as JSON without schemas. Prints nanoseconds and allocations a record, the best of several rounds.
/// A yardstick: a transformation should take less than JSON without schemas, and allocate nothing.
///
///     records_bench [PART OF A NAME]
#include "connectors/avro/plugin.hpp"
#include "connectors/converters/plugin.hpp"
#include "connectors/json_schema/plugin.hpp"
#include "connectors/postgres/source/envelope.hpp"
#include "connectors/protobuf/plugin.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/transforms/debezium/plugin.hpp"
#include "connectors/transforms/plugin.hpp"
#include "tests/bench/allocations.hpp"
#include "tests/unit/connectors/registry/fake_registry.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <limits>
#include <stdexcept>

namespace {

using namespace millrace;

constexpr int rounds = 9;
constexpr int records = 20'000;
constexpr int batch = 1000;  ///< records that share an arena

constexpr const PluginManifest& (*manifests[])() = {converters::manifest,  avro::manifest,
                                                    json_schema::manifest, protobuf::manifest,
                                                    transforms::manifest,  transforms::debezium_manifest};

template <class Kind>
std::unique_ptr<Kind> make(PluginType type, std::string_view class_name) {
    for (const auto manifest : manifests) {
        for (const auto& plugin : manifest().plugins) {
            if (plugin.type != type || plugin.class_name != class_name) continue;
            return std::unique_ptr<Kind>(&dynamic_cast<Kind&>(*plugin.create().release()));
        }
    }
    throw std::runtime_error(fmt::format("There is no {}", class_name));
}

SchemaPtr plain(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }

SchemaPtr row_schema() {
    return make_schema({.type = Type::Struct,
                        .optional = true,
                        .name = "shop.public.orders.Value",
                        .fields = {{"id", plain(Type::Int32)},
                                   {"customer_id", plain(Type::Int64)},
                                   {"item", plain(Type::String)},
                                   {"quantity", plain(Type::Int16)},
                                   {"price", plain(Type::Bytes, true)},
                                   {"created_at", make_logical_schema(Logical::Timestamp, true)}}});
}

/// An update with its old row; and the new row alone, as it is behind ExtractNewRecordState.
class Events {
public:
    Events() {
        const auto row_type = row_schema();
        event.value_schema = postgres::envelope_schema("shop.public.orders.Envelope", row_type);
        event.value = Value::structure(envelope_);
        event.topic = "shop.public.orders";
        event.timestamp = 1795228887692;
        event.key_schema = make_schema(
            {.type = Type::Struct, .name = "shop.public.orders.Key", .fields = {{"id", plain(Type::Int32)}}});
        event.key = Value::structure(key_);
        event.headers = std::make_shared<std::vector<Header>>(std::vector<Header>{
            {.key = "__debezium.context.connectorName",
             .schema = plain(Type::String),
             .value = Value::string("postgresql")},
            {.key = "__debezium.context.taskId", .schema = plain(Type::String), .value = Value::string("0")}});
        row = event;
        row.value_schema = row_type;
        row.value = Value::structure(new_row_);
        map = event;
        map.value_schema = nullptr;
        map.value = Value::map(entries_);
    }

    ConnectRecord event;
    ConnectRecord row;
    ConnectRecord map;  ///< the row without a schema

private:
    const std::array<Value, 1> key_{Value::int32(4711)};
    const std::array<Value, 6> old_row_{Value::int32(4711),
                                        Value::int64(1234567),
                                        Value::string("fountain pen, blue"),
                                        Value::int16(1),
                                        Value::bytes(std::string_view("\x04\xD2", 2)),
                                        Value::int64(1795228887692)};
    const std::array<Value, 6> new_row_{old_row_[0],     old_row_[1], old_row_[2],
                                        Value::int16(2), old_row_[4], old_row_[5]};
    const std::array<Value, 16> source_{Value::string("3.7.0.Final"),
                                        Value::string("postgresql"),
                                        Value::string("shop"),
                                        Value::int64(1795228887663),
                                        Value::string("false"),
                                        Value::string("shop"),
                                        Value::string("[\"1169000872\",\"1169001024\"]"),
                                        Value::int64(1795228887663919),
                                        Value::int64(1795228887663919000),
                                        Value::string("public"),
                                        Value::string("orders"),
                                        Value::int64(4841),
                                        Value::int64(1169001024),
                                        Value(),
                                        Value(),
                                        Value()};
    const std::array<Value, 8> envelope_{Value(),
                                         Value::structure(new_row_),
                                         Value::structure(source_),
                                         Value(),
                                         Value::string("u"),
                                         Value::int64(1795228887692),
                                         Value::int64(1795228887692128),
                                         Value::int64(1795228887692128629)};
    const std::array<MapEntry, 5> entries_{{{Value::string("id"), new_row_[0]},
                                            {Value::string("customer_id"), new_row_[1]},
                                            {Value::string("item"), new_row_[2]},
                                            {Value::string("quantity"), new_row_[3]},
                                            {Value::string("created_at"), new_row_[5]}}};
};

struct Cost {
    double nanoseconds = std::numeric_limits<double>::max();
    double allocations = std::numeric_limits<double>::max();
};

/// Of one call, which gets the arena of its batch.
Cost measure(const std::function<void(Arena&)>& call) {
    Cost best;
    for (int round = 0; round < rounds; ++round) {
        const auto allocated = bench::allocations();
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < records / batch; ++i) {
            Arena arena(1 << 20);
            for (int record = 0; record < batch; ++record) call(arena);
        }
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        const auto count = static_cast<double>(bench::allocations() - allocated);
        best.nanoseconds = std::min(best.nanoseconds, took.count() / records);
        best.allocations = std::min(best.allocations, count / records);
    }
    return best;
}

void print(std::string_view what, const Cost& cost, const Cost& subtracted = {0, 0}) {
    fmt::print("{:64} {:6.0f} ns {:6.2f} allocations\n", what, cost.nanoseconds - subtracted.nanoseconds,
               cost.allocations - subtracted.allocations);
}

enum class Input : std::uint8_t { Event, Row, Map, Text, Bytes, Number };

/// Filled in with the address of a registry in this process.
constexpr const char* registry_url = "schema.registry.url";

struct ConverterRow {
    std::string_view class_name;
    Input input;
    Settings settings = {};
};
const ConverterRow converter_rows[] = {
    {"org.apache.kafka.connect.json.JsonConverter", Input::Event, {{"schemas.enable", "false"}}},
    {"org.apache.kafka.connect.json.JsonConverter", Input::Event},
    {"org.apache.kafka.connect.json.JsonConverter", Input::Row, {{"schemas.enable", "false"}}},
    {"org.apache.kafka.connect.json.JsonConverter", Input::Map, {{"schemas.enable", "false"}}},
    {"io.debezium.converters.CloudEventsConverter", Input::Event, {{"json.schemas.enable", "false"}}},
    {"io.debezium.converters.CloudEventsConverter", Input::Event},
    {"io.confluent.connect.avro.AvroConverter", Input::Event, {{registry_url, ""}}},
    {"io.confluent.connect.avro.AvroConverter", Input::Row, {{registry_url, ""}}},
    {"io.confluent.connect.json.JsonSchemaConverter", Input::Event, {{registry_url, ""}}},
    {"io.confluent.connect.protobuf.ProtobufConverter", Input::Event, {{registry_url, ""}}},
    {"io.confluent.connect.protobuf.ProtobufConverter", Input::Row, {{registry_url, ""}}},
    {"org.apache.kafka.connect.storage.StringConverter", Input::Text},
    {"org.apache.kafka.connect.storage.StringConverter", Input::Row},
    {"org.apache.kafka.connect.converters.ByteArrayConverter", Input::Bytes},
    {"org.apache.kafka.connect.converters.LongConverter", Input::Number},
    {"io.debezium.converters.BinaryDataConverter", Input::Bytes},
};

struct TransformationRow {
    std::string_view class_name;  ///< behind its package
    Input input;
    Settings settings = {};
};
const TransformationRow kafka_rows[] = {
    {"Cast$Value", Input::Row, {{"spec", "quantity:int32,customer_id:string"}}},
    {"Cast$Value", Input::Map, {{"spec", "quantity:int32,customer_id:string"}}},
    {"DropHeaders", Input::Row, {{"headers", "__debezium.context.taskId"}}},
    {"ExtractField$Key", Input::Row, {{"field", "id"}}},
    {"ExtractField$Value", Input::Map, {{"field", "id"}}},
    {"Flatten$Value", Input::Event},
    {"HeaderFrom$Value", Input::Row, {{"fields", "item"}, {"headers", "item"}, {"operation", "copy"}}},
    {"HeaderFrom$Value", Input::Row, {{"fields", "item"}, {"headers", "item"}, {"operation", "move"}}},
    {"HoistField$Value", Input::Row, {{"field", "line"}}},
    {"InsertField$Value", Input::Row, {{"static.field", "origin"}, {"static.value", "shop"}, {"topic.field", "topic"}}},
    {"InsertField$Value", Input::Map, {{"static.field", "origin"}, {"static.value", "shop"}, {"topic.field", "topic"}}},
    {"InsertHeader", Input::Row, {{"header", "h"}, {"value.literal", "12"}}},
    {"MaskField$Value", Input::Row, {{"fields", "item,quantity"}}},
    {"MaskField$Value", Input::Row, {{"fields", "item"}, {"replacement", "***"}}},
    {"RegexRouter", Input::Row, {{"regex", "shop\\.public\\.(.*)"}, {"replacement", "$1"}}},
    {"ReplaceField$Value", Input::Row, {{"exclude", "price"}, {"renames", "item:article"}}},
    {"ReplaceField$Value", Input::Map, {{"exclude", "price"}, {"renames", "item:article"}}},
    {"SetSchemaMetadata$Value", Input::Row, {{"schema.name", "Order"}, {"schema.version", "2"}}},
    {"TimestampConverter$Value",
     Input::Row,
     {{"field", "created_at"}, {"target.type", "string"}, {"format", "yyyy-MM-dd HH:mm:ss"}}},
    {"TimestampConverter$Value", Input::Row, {{"field", "created_at"}, {"target.type", "unix"}}},
    {"TimestampRouter", Input::Row},
    {"ValueToKey", Input::Row, {{"fields", "id,customer_id"}}},
};
const TransformationRow debezium_rows[] = {
    {"ByLogicalTableRouter", Input::Event, {{"topic.regex", "(.*)\\.orders"}, {"topic.replacement", "$1.all"}}},
    {"ContentBasedRouter",
     Input::Event,
     {{"language", "jsr223.groovy"}, {"topic.expression", "value.op == 'u' ? 'updates.' + value.source.table : null"}}},
    {"ExtractChangedRecordState", Input::Event, {{"header.changed.name", "Changed"}}},
    {"ExtractNewRecordState", Input::Event},
    {"ExtractNewRecordState",
     Input::Event,
     {{"add.fields", "op,source.ts_ms"}, {"delete.tombstone.handling.mode", "rewrite"}}},
    {"ExtractNewRecordState", Input::Event, {{"add.headers", "op,source.ts_ms"}}},
    {"Filter",
     Input::Event,
     {{"language", "jsr223.groovy"},
      {"condition", "value.op == 'u' && value.after.id > 5 && value.source.table in ['orders', 'items']"}}},
    {"GeometryFormatTransformer", Input::Event},
    {"HeaderToValue",
     Input::Event,
     {{"headers", "__debezium.context.taskId"}, {"fields", "task"}, {"operation", "copy"}}},
    {"SchemaChangeEventFilter", Input::Event, {{"schema.change.event.exclude.list", "ALTER"}}},
    {"SwapGeometryCoordinates", Input::Event},
    {"TimezoneConverter", Input::Event, {{"converted.timezone", "Europe/Berlin"}}},
    {"VectorToJsonConverter", Input::Event},
    {"outbox.EventRouter",
     Input::Event,
     {{"table.field.event.id", "id"},
      {"table.field.event.key", "customer_id"},
      {"table.field.event.payload", "item"},
      {"route.by.field", "item"}}},
    {"partitions.PartitionRouting",
     Input::Event,
     {{"partition.payload.fields", "change.customer_id"}, {"partition.topic.num", "7"}}},
};

std::string label(std::string_view name, Input input, const Settings& settings) {
    constexpr std::array<std::string_view, 6> inputs{"event", "row", "map", "text", "bytes", "number"};
    auto out = fmt::format("{} of {}", name, inputs[static_cast<std::size_t>(input)]);
    for (const auto& [key, value] : settings) {
        if (key != "language" && key != registry_url) out += fmt::format(" {}={}", key, value);
    }
    return out.size() > 64 ? out.substr(0, 62) + ".." : out;
}

class Bench {
public:
    explicit Bench(std::string_view wanted) : wanted_(wanted) {}

    void run() {
        for (const auto& row : converter_rows) convert(row);
        copying_ = measure([&](Arena&) {
            ConnectRecord copy = events_.event;
            sink_ += copy.topic.size();
        });
        for (const auto& row : kafka_rows) transform("org.apache.kafka.connect.transforms.", row);
        for (const auto& row : debezium_rows) transform("io.debezium.transforms.", row);
    }

private:
    const ConnectRecord& record(Input input) const {
        return input == Input::Event ? events_.event : input == Input::Row ? events_.row : events_.map;
    }

    SchemaAndValue value(Input input) const {
        switch (input) {
        case Input::Text:
            return {plain(Type::String), Value::string("fountain pen, blue")};
        case Input::Bytes:
            return {plain(Type::Bytes), Value::bytes("fountain pen, blue")};
        case Input::Number:
            return {plain(Type::Int64), Value::int64(1234567)};
        default:
            return {record(input).value_schema, record(input).value};
        }
    }

    void convert(const ConverterRow& row) {
        const auto name = label(row.class_name.substr(row.class_name.rfind('.') + 1), row.input, row.settings);
        if (name.find(wanted_) == std::string::npos) return;
        const auto converter = make<Converter>(PluginType::Converter, row.class_name);
        auto settings = row.settings;
        if (settings.contains(registry_url)) settings[registry_url] = registry_.url();
        converter->configure(settings, false);
        const auto [schema, written] = value(row.input);
        std::string out;
        print(name, measure([&](Arena&) {
                  out.clear();
                  if (!converter->from_connect_data("shop.public.orders", schema, written, out)) {
                      throw std::runtime_error(name + " gives nothing");
                  }
              }));
        print("  read again", measure([&](Arena& arena) {
                  sink_ += converter->to_connect_data("shop.public.orders", out, arena).value.is_null() ? 0 : 1;
              }));
    }

    void transform(std::string_view package, const TransformationRow& row) {
        const auto name = label(row.class_name, row.input, row.settings);
        if (name.find(wanted_) == std::string::npos) return;
        const auto transformation =
            make<Transformation>(PluginType::Transformation, fmt::format("{}{}", package, row.class_name));
        transformation->configure(row.settings);
        const auto& original = record(row.input);
        print(name, measure([&](Arena& arena) {
                  ConnectRecord copy = original;
                  sink_ += transformation->apply(copy, arena) ? 1 : 0;
              }),
              copying_);
    }

    std::string_view wanted_;
    registry::FakeRegistry registry_;
    Events events_;
    Cost copying_;
    std::size_t sink_ = 0;
};

}

int main(int count, char** arguments) {
    try {
        Bench(count > 1 ? arguments[1] : "").run();
        return 0;
    } catch (const std::exception& e) {
        fmt::print(stderr, "{}\n", e.what());
        return 1;
    }
}
