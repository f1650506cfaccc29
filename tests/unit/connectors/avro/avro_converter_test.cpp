#include "connectors/avro/avro_converter.hpp"

#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"
#include "tests/unit/connectors/registry/made_converter.hpp"

using namespace millrace;
using namespace millrace::avro;
using Catch::Contains;

namespace {

using Made = registry::MadeConverter<AvroConverter>;

const SchemaPtr& point() {
    static const auto schema = record("a.Point", {{"x", of(Type::Int32)}, {"y", of(Type::Int32, true)}});
    return schema;
}
const Value one_two[] = {Value::int32(1), Value::int32(2)};

}

TEST_CASE("what is written is read, with the registry's version, and the registry is asked once") {
    Made m;
    const auto hex = m.write(point(), Value::structure(one_two));
    CHECK(hex == "0000000001020204");
    CHECK(m.write(point(), Value::structure(one_two)) == hex);
    CHECK(m.registry.seen().size() == 1);
    CHECK(m.registry.seen()[0].path == "/subjects/t-value/versions?normalize=false");
    const auto read = m.read(hex);
    CHECK(read.value == Value::structure(one_two));
    CHECK(read.schema->name() == "a.Point");
    CHECK(read.schema->version() == 1);
    CHECK(m.read(hex).schema == read.schema);
    CHECK(m.registry.seen().size() == 3);
    m.write(point(), Value::structure(one_two), "u");
    CHECK(m.registry.seen().back().path == "/subjects/u-value/versions?normalize=false");
    m.write(point(), Value::structure(one_two));
    CHECK(m.registry.seen().size() == 4);
}

TEST_CASE("null is a null, and only where the schema lets it be") {
    Made m;
    std::string out;
    CHECK_FALSE(m.converter.from_connect_data("t", nullptr, {}, out));
    CHECK_FALSE(m.converter.from_connect_data("t", of(Type::Int32, true), {}, out));
    CHECK_THROWS_WITH(m.converter.from_connect_data("t", of(Type::Int32), {}, out),
                      "Failed to serialize Avro data from topic t: Found null value for non-optional schema");
    const auto read = m.converter.to_connect_data("t", std::nullopt, m.arena);
    CHECK(read.schema == nullptr);
    CHECK(read.value.is_null());
    CHECK(m.registry.seen().empty());
}

TEST_CASE("a schema of bytes alone has no length, and values without a schema are anything") {
    Made m;
    const auto bytes = m.write(of(Type::Bytes), Value::bytes("xyz"));
    CHECK(bytes == "000000000178797a");
    CHECK(m.read(bytes).value == Value::bytes("xyz"));
    CHECK(m.write(of(Type::Bytes, true), Value::bytes("x")) == "0000000002020278");
    CHECK(m.write(decimal("1"), Value::bytes("\x05")) == "000000000305");
    const auto any = m.write(nullptr, Value::int32(5));
    CHECK(m.read(any).schema == nullptr);
    CHECK(m.read(any).value == Value::int32(5));
}

TEST_CASE("keys have their own subject, and records may give it") {
    Made key(Settings{}, true);
    key.write(of(Type::Int32), Value::int32(1));
    CHECK_THAT(key.registry.seen()[0].path, Catch::StartsWith("/subjects/t-key/"));
    Made by_record(
        Settings{{"value.subject.name.strategy", "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy"}});
    const auto hex = by_record.write(point(), Value::structure(one_two));
    CHECK_THAT(by_record.registry.seen()[0].path, Catch::StartsWith("/subjects/t-a.Point/"));
    CHECK(by_record.read(hex).schema->version() == 1);
    CHECK_THROWS_WITH(by_record.write(of(Type::Int32), Value::int32(1)), Contains("must only be a record schema"));
}

TEST_CASE("a registry that is busy can be asked again, one that refuses cannot") {
    Made m;
    int status = 503;
    m.registry.go_wrong([&](const SeenRequest&) -> std::optional<FakeAnswer> {
        if (status == 200) return std::nullopt;
        return FakeAnswer{status, R"({"error_code":40901,"message":"it is incompatible"})"};
    });
    CHECK_THROWS_AS(m.write(point(), Value::structure(one_two)), RetriableException);
    status = 409;
    CHECK_THROWS_AS(m.write(point(), Value::structure(one_two)), DataException);
    CHECK_THROWS_WITH(m.write(point(), Value::structure(one_two)),
                      Contains("Failed to serialize Avro data from topic t: ") && Contains("it is incompatible") &&
                          Contains("subject t-value") && Contains(m.registry.url()));
    status = 401;
    CHECK_THROWS_AS(m.write(point(), Value::structure(one_two)), PermanentException);
    status = 200;
    CHECK(m.write(point(), Value::structure(one_two)) == "0000000001020204");
    status = 503;
    CHECK_THROWS_AS(m.read("0000000001020204"), RetriableException);
    status = 200;
    CHECK_THROWS_WITH(m.read("000000000700"), Contains("Failed to deserialize data for topic t to Avro: ") &&
                                                  Contains("schema with id 7") && Contains("Schema 7 not found"));
}

TEST_CASE("data of other kinds is refused") {
    Made m;
    CHECK_THROWS_WITH(m.read("7b7d"), Contains("topic t to Avro: Unknown magic byte!"));
    CHECK_THROWS_AS(m.read(""), DataException);
    m.registry.add("j", "{}", R"(,"schemaType":"JSON")");
    CHECK_THROWS_WITH(m.read("00000000017b7d"), Contains("of type JSON, not AVRO"));
}

TEST_CASE("a topic whose schemas are under another subject is read, without a version") {
    Made m;
    const auto hex = m.write(point(), Value::structure(one_two));
    CHECK(m.read(hex, "mirrored.t").value == Value::structure(one_two));
    CHECK(m.read(hex, "mirrored.t").schema->version() == std::nullopt);
}

TEST_CASE("the latest version is what is written with, if it can read the record") {
    Made m(Settings{{"auto.register.schemas", "false"}, {"use.latest.version", "true"}});
    m.registry.add("t-value",
                   R"({"type":"record","name":"Point","namespace":"a","fields":[{"name":"y","type":["null","int"]},)"
                   R"({"name":"z","type":"string","default":"d"}]})");
    CHECK(m.write(point(), Value::structure(one_two)) == "000000000102040264");
    m.registry.add("u-value",
                   R"({"type":"record","name":"Point","namespace":"a","fields":[{"name":"x","type":"string"}]})");
    CHECK_THROWS_WITH(m.write(point(), Value::structure(one_two), "u"),
                      Contains("Incompatible schema of type 'AVRO'. Set latest.compatibility.strict=false") &&
                          Contains("x: int cannot be read as string") && Contains("u-value"));
}

TEST_CASE("schemas that refer to others are read") {
    Made m;
    m.registry.add("inner", R"({"type":"record","name":"a.I","fields":[{"name":"n","type":"int"}]})");
    m.registry.add("t-value", R"({"type":"record","name":"a.R","fields":[{"name":"i","type":"a.I"}]})",
                   R"(,"references":[{"name":"a.I","subject":"inner","version":1}])");
    CHECK(m.read("00000000020e").value.as_values()[0].as_values()[0] == Value::int32(7));
    m.registry.add("circle", R"("c")", R"(,"references":[{"name":"c","subject":"circle","version":1}])");
    CHECK_THROWS_WITH(m.read("00000000030e"), Contains("in a circle"));
}

TEST_CASE("the GUID of a schema is in a header, where the serializer puts it there") {
    Made m(
        Settings{{"value.schema.id.serializer", "io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer"}});
    m.registry.give_guids();
    std::vector<RecordHeader> headers{{.key = "h", .value = "x"}};
    m.converter.write_headers(headers);
    CHECK(m.write(point(), Value::structure(one_two)) == "020204");
    REQUIRE(headers.size() == 2);
    CHECK(headers[1].key == "__value_schema_id");
    CHECK(to_hex(*headers[1].value) == "0189791762233641869674000000000001");
    CHECK(m.registry.seen().size() == 1);
    m.converter.read_headers(headers);
    const auto read = m.read("020204");
    CHECK(read.value == Value::structure(one_two));
    CHECK(read.schema->version() == 1);
    m.converter.read_headers(headers);
    CHECK(m.read("020204").schema == read.schema);
    m.converter.write_headers(headers);
    std::string nothing;
    CHECK_FALSE(m.converter.from_connect_data("t", nullptr, {}, nothing));
    CHECK(headers.size() == 2);
}

TEST_CASE("a reader takes the last header with a schema, or what stands before the data") {
    Made m;
    m.registry.give_guids();
    m.registry.add("t-value", R"("int")");
    m.registry.add("t-value", R"("string")");
    const auto number = *from_hex("0000000001");
    const auto text = *from_hex("0000000002");
    const auto read = [&](std::vector<RecordHeader> headers, const std::string& hex) {
        m.converter.read_headers(headers);
        return m.read(hex).value;
    };
    CHECK(read({{"__value_schema_id", text}, {"__value_schema_id", number}}, "0e") == Value::int32(7));
    CHECK(read({{"__key_schema_id", text}}, "00000000010e") == Value::int32(7));
    CHECK(read({{"__value_schema_id", std::nullopt}}, "00000000010e") == Value::int32(7));
    CHECK_THROWS_WITH(read({{"__value_schema_id", "?"}}, "0e"), Contains("Unknown magic byte"));
    m.converter.read_headers(std::vector<RecordHeader>{});
    CHECK_FALSE(m.converter.to_connect_data("t", std::nullopt, m.arena).schema);
    m.configure({{"value.schema.id.deserializer", "PrefixSchemaIdDeserializer"}});
    CHECK(read({{"__value_schema_id", text}}, "00000000010e") == Value::int32(7));
}

TEST_CASE("a header cannot be written without a GUID, nor where there are no headers") {
    Made m(Settings{{"key.schema.id.serializer", "HeaderSchemaIdSerializer"}}, true);
    std::vector<RecordHeader> headers;
    m.converter.write_headers(headers);
    CHECK_THROWS_AS(m.write(point(), Value::structure(one_two)), PermanentException);
    CHECK_THROWS_WITH(m.write(point(), Value::structure(one_two)),
                      Contains("key.schema.id.serializer=HeaderSchemaIdSerializer needs GUIDs") &&
                          Contains("id 1 of subject t-key") && Contains("use PrefixSchemaIdSerializer"));
    CHECK(headers.empty());
    Made alone(Settings{{"value.schema.id.serializer", "HeaderSchemaIdSerializer"}});
    alone.registry.give_guids();
    CHECK_THROWS_WITH(alone.write(point(), Value::structure(one_two)), Contains("Missing headers"));
    CHECK_THROWS_WITH(Made(Settings{{"value.schema.id.deserializer", "x.ConfigSchemaIdDeserializer"}}),
                      Contains("value.schema.id.deserializer") && Contains("DualSchemaIdDeserializer"));
}

TEST_CASE("a record that holds itself is refused with its name, its subject and a way out") {
    Made m;
    m.registry.add("t-value", R"({"type":"record","name":"a.Node","fields":[)"
                              R"({"name":"children","type":{"type":"array","items":"Node"}}]})");
    CHECK_THROWS_WITH(m.read("000000000100"), Contains("id 1 of subject t-value") &&
                                                  Contains("Record a.Node holds itself") &&
                                                  Contains("ByteArrayConverter"));
}

TEST_CASE("a converter without a registry's URL is refused") {
    AvroConverter converter;
    CHECK_THROWS_WITH(converter.configure({}, false),
                      Contains("Missing required configuration \"schema.registry.url\""));
}
