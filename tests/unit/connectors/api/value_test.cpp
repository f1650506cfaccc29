#include "connectors/api/record.hpp"
#include "connectors/api/schema.hpp"
#include "tests/pch.hpp"

#include <limits>

namespace millrace {

TEST_CASE("values are equal in kind and content, deeply", "[value]") {
    static const Value one[] = {Value::int32(1), Value::string("a")};
    static const Value other[] = {Value::int32(1), Value::string("b")};
    static const MapEntry entries[] = {{Value::string("k"), Value::array(one)}};
    static const MapEntry other_entries[] = {{Value::string("k"), Value::array(other)}};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto [a, b, same] = GENERATE_REF(table<Value, Value, bool>({
        {Value(), Value(), true},
        {Value::int32(1), Value::int32(1), true},
        {Value::int32(1), Value::int64(1), false},
        {Value::string("a"), Value::bytes("a"), false},
        {Value::float64(nan), Value::float64(nan), true},
        {Value::float64(0.0), Value::float64(-0.0), true},
        {Value::array(one), Value::array(one), true},
        {Value::array(one), Value::array(other), false},
        {Value::array(one), Value::structure(one), false},
        {Value::map(entries), Value::map(entries), true},
        {Value::map(entries), Value::map(other_entries), false},
        {Value::map({}), Value::map(entries), false},
    }));
    CHECK((a == b) == same);
}

TEST_CASE("a deep copy lives without its source", "[value]") {
    Arena kept;
    Value copy;
    {
        std::string text = "text that is longer than any small buffer";
        const Value list[] = {Value::string(text), Value::bytes(text)};
        const MapEntry entries[] = {{Value::string(text), Value::array(list)}};
        const Value fields[] = {Value::map(entries), Value::int8(1)};
        copy = deep_copy(Value::structure(fields), kept);
        CHECK(copy == Value::structure(fields));
        text.assign(text.size(), 'x');
    }
    CHECK(copy.as_values()[0].as_entries()[0].key == Value::string("text that is longer than any small buffer"));
}

TEST_CASE("schemas are equal in everything or not equal", "[schema]") {
    const SchemaParts parts{.type = Type::Struct,
                            .optional = true,
                            .name = "n",
                            .version = 1,
                            .doc = "d",
                            .parameters = {{"p", "v"}},
                            .fields = {{"f", make_schema({.type = Type::Int32, .default_value = Value::int32(5)})}}};
    const auto schema = make_schema(parts);
    CHECK(equal(schema, make_schema(parts)));
    CHECK_FALSE(equal(schema, nullptr));
    CHECK(equal(nullptr, nullptr));
    const auto changed = [&](auto change) {
        auto other = parts;
        change(other);
        return equal(schema, make_schema(other));
    };
    CHECK_FALSE(changed([](SchemaParts& p) { p.optional = false; }));
    CHECK_FALSE(changed([](SchemaParts& p) { p.name = "m"; }));
    CHECK_FALSE(changed([](SchemaParts& p) { p.version.reset(); }));
    CHECK_FALSE(changed([](SchemaParts& p) { p.doc = ""; }));
    CHECK_FALSE(changed([](SchemaParts& p) { p.parameters[0].second = "w"; }));
    CHECK_FALSE(changed([](SchemaParts& p) { p.fields[0].name = "g"; }));
    CHECK_FALSE(changed([](SchemaParts& p) { p.fields[0].schema = make_schema({.type = Type::Int32}); }));
    CHECK(schema->index_of("f") == 0u);
    CHECK(schema->index_of("g") == std::nullopt);
    CHECK(*schema->parameter("p") == "v");
    CHECK(schema->parameter("q") == nullptr);
}

TEST_CASE("a schema keeps its default itself", "[schema]") {
    SchemaPtr schema;
    {
        std::string text = "a default that is longer than any small buffer";
        schema = make_schema({.type = Type::String, .default_value = Value::string(text)});
        text.assign(text.size(), 'x');
    }
    CHECK(schema->default_value() == Value::string("a default that is longer than any small buffer"));
}

TEST_CASE("an offset map keeps the order of its keys and owns its parts", "[record]") {
    OffsetMap map;
    {
        const std::string value = "a value that is longer than any small buffer";
        map.set("lsn", Value::int64(1));
        map.set("name", Value::string(value));
        map.set("lsn", Value::int64(2));
        map.set("gone", Value());
    }
    const auto copy = map;
    map.set("lsn", Value::int64(3));
    REQUIRE(copy.entries().size() == 3);
    CHECK(copy.entries()[0].key == "lsn");
    CHECK(*copy.find("lsn") == Value::int64(2));
    CHECK(*map.find("lsn") == Value::int64(3));
    CHECK(*copy.find("name") == Value::string("a value that is longer than any small buffer"));
    CHECK(copy.find("gone") == nullptr);
    CHECK(copy.find("none") == nullptr);
}

}
