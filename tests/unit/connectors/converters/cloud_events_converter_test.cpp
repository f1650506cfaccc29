#include "connectors/converters/cloud_events_converter.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

namespace millrace::converters {

namespace {

SchemaPtr plain(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }

struct Event {
    Event() {
        const auto row_schema =
            make_schema({.type = Type::Struct, .optional = true, .fields = {{"id", plain(Type::Int32)}}});
        const auto source_schema = make_schema({.type = Type::Struct,
                                                .fields = {{"connector", plain(Type::String)},
                                                           {"name", plain(Type::String)},
                                                           {"ts_ms", plain(Type::Int64)},
                                                           {"db", plain(Type::String)},
                                                           {"sequence", plain(Type::String, true)},
                                                           {"txId", plain(Type::Int64, true)},
                                                           {"lsn", plain(Type::Int64, true)}}});
        schema = make_schema({.type = Type::Struct,
                              .name = "s.t.Envelope",
                              .fields = {{"before", row_schema},
                                         {"after", row_schema},
                                         {"source", source_schema},
                                         {"op", plain(Type::String)}}});
        value = Value::structure(fields);
    }

    SchemaPtr schema;
    Value value;

private:
    const std::array<Value, 1> row{Value::int32(7)};
    const std::array<Value, 7> source{
        Value::string("postgresql"), Value::string("s-1"), Value::int64(1795228879426), Value::string("shop"), Value(),
        Value::int64(4795),          Value::int64(99)};
    const std::array<Value, 4> fields{Value(), Value::structure(row), Value::structure(source), Value::string("c")};
};

/// Stands for the Avro converter: a magic byte, the schema's id, and the schema's name with the fields' count.
class FakeAvro final : public Converter {
public:
    void configure(const Settings& settings, bool) override { url_ = settings.at("schema.registry.url"); }
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override {
        out.append("\0\0\0\0\x09", 5);
        out += fmt::format("{}|{}|{}", topic, schema->name(), value.as_values().size());
        return true;
    }
    SchemaAndValue to_connect_data(std::string_view, std::optional<std::string_view> data, Arena& arena) override {
        return {plain(Type::String), Value::string(arena.copy(data->substr(5)))};
    }

private:
    std::string url_;
};

std::unique_ptr<Converter> make_fake_avro(std::string_view class_name) {
    CHECK(class_name == "io.confluent.connect.avro.AvroConverter");
    return std::make_unique<FakeAvro>();
}

std::string written(CloudEventsConverter& converter, const Event& event) {
    std::string out;
    return converter.from_connect_data("t", event.schema, event.value, out) ? out : "null";
}

std::string read_again(CloudEventsConverter& converter, std::string_view message) {
    Arena arena;
    JsonConverter json;
    json.configure({{"schemas.enable", "false"}}, false);
    const auto [schema, value] = converter.to_connect_data("t", message, arena);
    std::string out;
    json.from_connect_data("t", schema, value, out);
    return out;
}

constexpr auto attributes =
    R"("id":"name:s-1;lsn:99;txId:4795;sequence:null","source":"/debezium/postgresql/s-1","specversion":"1.0",)"
    R"("type":"io.debezium.connector.postgresql.DataChangeEvent","time":"2026-11-21T02:41:19.426Z",)";

const Settings bare{{"json.schemas.enable", "false"}, {"extension.attributes.enable", "false"}};

}

TEST_CASE("a change event becomes a CloudEvent, and can be read again") {
    CloudEventsConverter converter;
    converter.configure(bare, false);
    const Event event;
    const auto message = written(converter, event);
    CHECK(message ==
          fmt::format(R"({{{}"datacontenttype":"application/json","data":{{"before":null,"after":{{"id":7}}}}}})",
                      attributes));
    CHECK(read_again(converter, message) == message);
    Arena arena;
    CHECK(converter.to_connect_data("t", std::nullopt, arena).value.is_null());
}

TEST_CASE("data with its schema is read as what it holds") {
    CloudEventsConverter converter;
    converter.configure({{"extension.attributes.enable", "false"}}, false);
    const Event event;
    const auto message = written(converter, event);
    CHECK_THAT(message, Catch::Contains(R"("data":{"schema":{"type":"struct")"));
    CHECK_THAT(message, Catch::EndsWith(R"("payload":{"before":null,"after":{"id":7}}}})"));
    CHECK_THAT(read_again(converter, message), Catch::EndsWith(R"("data":{"before":null,"after":{"id":7}}})"));
}

TEST_CASE("what is no change event becomes null, what is no CloudEvent is refused") {
    CloudEventsConverter converter;
    converter.configure(bare, false);
    std::string out;
    CHECK_FALSE(converter.from_connect_data("t", make_schema({.type = Type::Struct, .name = "Heartbeat"}),
                                            Value::structure({}), out));
    CHECK_FALSE(converter.from_connect_data("t", nullptr, Value(), out));
    CHECK_THROWS_WITH(read_again(converter, R"({"id":"1","source":"s","type":"t","data":1})"),
                      "A deserialized record's value is not a CloudEvent: it has no specversion");
    CHECK_THROWS_WITH(read_again(converter, "[]"),
                      "A deserialized record's value is not a CloudEvent: it is no JSON object");
}

TEST_CASE("attributes come from headers where that is asked for") {
    CloudEventsConverter converter;
    auto settings = bare;
    settings["metadata.source"] = "value,id:header,type:header,traceparent:header,dataSchemaName:generate";
    settings["opentelemetry.tracing.attributes.enable"] = "true";
    converter.configure(settings, false);
    const auto text = plain(Type::String);
    converter.use_headers(std::make_shared<std::vector<Header>>(
        std::vector<Header>{{.key = "id", .schema = text, .value = Value::string("42")},
                            {.key = "type", .schema = text, .value = Value::string("order.created")},
                            {.key = "traceparent", .schema = text, .value = Value::string("00-ab-cd-01")}}));
    const auto message = written(converter, Event());
    CHECK_THAT(message, Catch::StartsWith(R"({"id":"42","source":)"));
    CHECK_THAT(message, Catch::Contains(R"("type":"order.created")"));
    CHECK_THAT(message, Catch::Contains(R"("traceparent":"00-ab-cd-01")"));
    converter.use_headers(nullptr);
    CHECK_THROWS_WITH(written(converter, Event()), "Header `id` was not provided");
}

TEST_CASE("with Avro the data's schema is named by its address") {
    const Event event;
    CloudEventsConverter mixed(make_fake_avro);
    auto settings = bare;
    settings["data.serializer.type"] = "avro";
    settings["avro.schema.registry.url"] = "http://registry:8081";
    mixed.configure(settings, false);
    const auto message = written(mixed, event);
    CHECK(message ==
          fmt::format(R"({{{}"datacontenttype":"application/avro","dataschema":"http://registry:8081/schemas/ids/9",)"
                      R"("data":"AAAAAAl0fGlvLmRlYmV6aXVtLmNvbm5lY3Rvci5wb3N0Z3Jlc3FsLkRhdGF8Mg=="}})",
                      attributes));
    CHECK_THAT(read_again(mixed, message), Catch::EndsWith(R"("data":"t|io.debezium.connector.postgresql.Data|2"})"));

    CloudEventsConverter avro(make_fake_avro);
    settings["serializer.type"] = "avro";
    avro.configure(settings, false);
    CHECK(written(avro, event).substr(5) == "t|s_1.shop.CloudEvents.Envelope|8");
}

TEST_CASE("settings of CloudEvents are checked") {
    const auto [key, value, reason] = GENERATE(table<std::string, std::string, std::string>({
        {"serializer.type", "xml", "String must be one of (case insensitive): JSON, AVRO"},
        {"serializer.type", "avro", "Cannot use 'application/json' data content type within Avro events"},
        {"data.serializer.type", "avro", "set avro.schema.registry.url"},
        {"metadata.source", "generate", "it must begin with value or header"},
        {"metadata.source", "value,id:value", "Field metadata source can't be VALUE"},
        {"metadata.source", "value,id", "Field source `` is not valid"},
        {"metadata.source", "value,time:header", "Field `time` is not allowed to set custom source"},
    }));
    CloudEventsConverter converter;
    CHECK_THROWS_WITH(converter.configure({{key, value}}, false), Catch::Contains(reason));
    CHECK_THROWS_WITH(
        converter.configure({{"data.serializer.type", "avro"}, {"avro.schema.registry.url", "http://r"}}, false),
        "CloudEvents with Avro need io.confluent.connect.avro.AvroConverter, which is not here");
}

}
