/// Each setting of an AvroConverter, by its name, against what is written and read without it.
#include "connectors/avro/avro_converter.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"
#include "tests/unit/connectors/registry/made_converter.hpp"

using namespace millrace;
using namespace millrace::avro;
using Catch::Contains;

namespace {

struct Made : registry::MadeConverter<AvroConverter> {
    using MadeConverter::MadeConverter;
    std::string text_of(const SchemaPtr& schema, const Value& value) {
        write(schema, value);
        return registry.text_of(1);
    }
    SchemaPtr schema_of(const std::string& avro, const std::string& data) {
        registry.add("t-value", avro);
        return read("0000000001" + data).schema;
    }
};

SchemaPtr with_parameters(const SchemaPtr& schema, std::vector<std::pair<std::string, std::string>> parameters) {
    auto parts = schema->parts();
    parts.parameters = std::move(parameters);
    return make_schema(std::move(parts));
}

const Value one[] = {Value::int32(1)};
const Value nothing[] = {Value{}};
const MapEntry entry[] = {{Value::string("k"), Value::int32(1)}};

}

TEST_CASE("settings change the schema that is registered") {
    const auto letters = [](const std::string& kind, const std::string& of_a) {
        return with_parameters(of(Type::String), {{kind, "a.E"}, {kind + ".A", of_a}});
    };
    const std::string plain = "io.confluent.connect.avro.Enum";
    const std::string general = "org.apache.kafka.connect.data.Enum";
    const auto optional_keys = map_of(of(Type::String, true), of(Type::Int32));
    const auto in_brackets = record("a-b.R", {{"x-y", of(Type::Int32)}});
    const auto documented = make_schema({.type = Type::Struct,
                                         .name = "R",
                                         .parameters = {{"io.confluent.connect.avro.record.doc", "of R"}},
                                         .fields = {{"x", of(Type::Int32)}}});
    const auto [setting, value, schema, data, with,
                without] = GENERATE_COPY(table<std::string, std::string, SchemaPtr, Value, std::string, std::string>({
        {"enhanced.avro.schema.support", "true", letters(plain, "A"), Value::string("A"), R"("type":"enum")",
         R"("type":"string")"},
        {"generalized.sum.type.support", "true", letters(general, "0"), Value::string("A"), R"("symbols":["A"])",
         R"("type":"string")"},
        {"connect.meta.data",
         "false",
         record("R", {{"x", of(Type::Int8)}}),
         {},
         R"("type":"int"})",
         R"("connect.type":"int8")"},
        {"scrub.invalid.names", "true", in_brackets, Value::structure(one), R"("namespace":"a_b")", ""},
        {"allow.optional.map.keys", "true", optional_keys, Value::map(entry), R"({"type":"map")", R"({"type":"array")"},
        {"discard.type.doc.default", "true", documented, Value::structure(one),
         R"({"type":"record","name":"R","fields")", R"("doc":"of R")"},
    }));
    CAPTURE(setting);
    const Value eight[] = {Value::int8(1)};
    const auto written = data.is_null() ? Value::structure(eight) : data;
    Made changed(Settings{{setting, value}});
    CHECK_THAT(changed.text_of(schema, written), Contains(with));
    Made plain_one;
    if (without.empty()) {
        CHECK_THROWS_WITH(plain_one.write(schema, written), Contains("Illegal"));
    } else {
        CHECK_THAT(plain_one.text_of(schema, written), Contains(without) && !Contains(with));
    }
}

TEST_CASE("a null where there is a default is the default, unless the settings say otherwise") {
    const auto schema = record("R", {{"x", optional(with_default(of(Type::Int32), Value::int32(7)))}});
    Made filled;
    CHECK(filled.write(schema, Value::structure(nothing)) == "0000000001000e");
    Made left(Settings{{"ignore.default.for.nullables", "true"}});
    CHECK(left.write(schema, Value::structure(nothing)) == "000000000102");
}

TEST_CASE("settings change the schema that is read") {
    const std::string letters = R"({"type":"enum","name":"E","namespace":"a","symbols":["A","B"],"doc":"D"})";
    const std::string either = R"({"type":"record","name":"R","fields":[{"name":"u","type":["int","string"]}]})";
    const auto union_of = [&](const SchemaPtr& schema) { return schema->fields()[0].schema; };
    Made plain;
    CHECK(*plain.schema_of(letters, "02")->parameter("io.confluent.connect.avro.Enum.B") == "B");
    Made general(Settings{{"generalized.sum.type.support", "true"}});
    CHECK(*general.schema_of(letters, "02")->parameter("org.apache.kafka.connect.data.Enum.B") == "1");
    Made plain_union;
    CHECK(union_of(plain_union.schema_of(either, "000e"))->name() == "io.confluent.connect.avro.Union");
    Made general_union(Settings{{"generalized.sum.type.support", "true"}});
    const auto read = union_of(general_union.schema_of(either, "000e"));
    CHECK(*read->parameter("org.apache.kafka.connect.data.Union") == "connect_union_0");
    CHECK(read->fields()[1].name == "connect_union_field_1");
    Made single;
    CHECK(single.schema_of(R"(["int"])", "000e")->type() == Type::Int32);
    Made kept(Settings{{"flatten.singleton.unions", "false"}});
    CHECK(kept.schema_of(R"(["int"])", "000e")->type() == Type::Struct);
    Made documented;
    CHECK(*documented.schema_of(letters, "00")->parameter("io.confluent.connect.avro.enum.doc.E") == "D");
    Made discarded(Settings{{"discard.type.doc.default", "true"}});
    CHECK(discarded.schema_of(letters, "00")->parameter("io.confluent.connect.avro.enum.doc.E") == nullptr);
    Made forgetful(Settings{{"schemas.cache.config", "1"}});
    const auto first = forgetful.schema_of(R"("int")", "02");
    CHECK(forgetful.read("000000000102").schema == first);
    forgetful.registry.add("t-value", R"("long")");
    CHECK(forgetful.read("000000000202").schema->type() == Type::Int64);
    CHECK(forgetful.read("000000000102").schema != first);
}

TEST_CASE("settings change what the registry is asked") {
    const auto schema = record("a.R", {{"x", of(Type::Int32)}});
    const auto asked = [&](Settings settings, bool is_key = false) {
        Made m(std::move(settings), is_key);
        m.registry.add("t-value", R"({"type":"record","name":"R","namespace":"a","fields":[{"name":"x","type":"int"}],)"
                                  R"("connect.name":"a.R"})");
        m.write(schema, Value::structure(one));
        const auto seen = m.registry.seen();
        return seen.empty() ? "" : fmt::format("{} {}", seen[0].method, seen[0].path);
    };
    CHECK(asked({{"normalize.schemas", "true"}}) == "POST /subjects/t-value/versions?normalize=true");
    CHECK(asked({{"auto.register.schemas", "false"}}) == "POST /subjects/t-value?normalize=false&deleted=false");
    CHECK(asked({{"auto.register.schemas", "false"}, {"use.latest.version", "true"}}) ==
          "GET /subjects/t-value/versions/latest");
    CHECK(asked({{"auto.register.schemas", "false"}, {"use.schema.id", "1"}}) ==
          "GET /schemas/ids/1?fetchMaxId=false&subject=t-value");
    CHECK(asked({{"key.subject.name.strategy", "io.confluent.kafka.serializers.subject.RecordNameStrategy"}}, true) ==
          "POST /subjects/a.R/versions?normalize=false");
    CHECK(asked({{"key.subject.name.strategy", "io.confluent.kafka.serializers.subject.RecordNameStrategy"}}) ==
          "POST /subjects/t-value/versions?normalize=false");
    for (const std::size_t most : {1U, 2U}) {
        Made m(Settings{{"max.schemas.per.subject", std::to_string(most)}, {"schemas.cache.config", "1"}});
        for (const auto type : {Type::Int32, Type::Int64, Type::Int32})
            m.write(of(type), type == Type::Int32 ? Value::int32(1) : Value::int64(1));
        CHECK(m.registry.seen().size() == 4 - most);
    }
}

TEST_CASE("a given schema must be able to read what is written, unless the settings say otherwise") {
    const auto schema = record("a.R", {{"x", of(Type::Int32, true)}});
    const auto written = [&](Settings more) {
        more.insert({{"auto.register.schemas", "false"}, {"use.schema.id", "1"}});
        Made m(std::move(more));
        m.registry.add("t-value", R"({"type":"record","name":"a.R","fields":[{"name":"x","type":"int"}]})");
        return m.write(schema, Value::structure(one));
    };
    CHECK_THROWS_WITH(written({}),
                      Contains("id.compatibility.strict=false") && Contains("The schema with id 1 of subject t-value"));
    CHECK(written({{"id.compatibility.strict", "false"}}) == "000000000102");
}
