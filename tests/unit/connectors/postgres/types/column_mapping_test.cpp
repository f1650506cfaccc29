#include "connectors/api/errors.hpp"
#include "tests/unit/connectors/postgres/types/fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

TEST_CASE("masks change values and schemas, never keys", "[postgres][types]") {
    using Kind = ColumnMapping::Kind;
    Arena arena;
    auto info = column("text");
    info.mapping = {.kind = Kind::Mask, .length = 5};
    const ColumnConverter mask(info, catalog(), {});
    CHECK(show(mask.convert("secret", arena)) == "\"*****\"");
    CHECK(show(mask.null_value()) == "\"*****\"");
    CHECK(show(mask.unavailable()) == "\"*****\"");
    CHECK(show(mask.convert_key("secret", arena)) == "\"secret\"");
    CHECK(show(mask.schema()) == "string? masked=true");
    CHECK(show(mask.key_schema()) == "string?");

    info.mapping = {.kind = Kind::Truncate, .length = 3};
    CHECK(convert(info, "日本😀") == "\"日本?\"");
    CHECK(convert(info, "日本語x") == "\"日本語\"");
    CHECK(show(ColumnConverter(info, catalog(), {}).schema()) == "string? truncateLength=3");

    info.mapping = {.kind = Kind::Hash, .algorithm = "SHA-256", .salt = "CzQMA0cB5K"};
    CHECK(convert(info, "secret") == "\"122e56d6f15256f7a553c665138b101b52d5201a2cd0fd8f61b54c0c28a14efa\"");
    info.mapping.algorithm = "ROT-13";
    CHECK_THROWS_AS(ColumnConverter(info, catalog(), {}), ConfigException);
}

TEST_CASE("what a key has for a value that the server did not send is not masked either", "[postgres][types]") {
    auto info = column("text", -1, false);
    info.mapping = {.kind = ColumnMapping::Kind::Mask, .length = 4};
    const ColumnConverter masked(info, catalog(), {});
    CHECK(show(masked.fallback()) == "\"****\"");
    CHECK(show(masked.key_fallback()) == "\"\"");
    CHECK(show(masked.unavailable()) == "\"****\"");
    CHECK(show(masked.key_unavailable()) == "\"__debezium_unavailable_value\"");
}

TEST_CASE("propagated source types are JDBC's description of the column", "[postgres][types]") {
    struct Row {
        const char* type;
        std::int32_t typmod;
        const char* name;
        const char* length;
        const char* scale;
    };
    const auto row = GENERATE(values<Row>({
        {"int4", plain, "INT4", "10", "0"},
        {"_int4", plain, "_INT4", "10", "0"},
        {"varchar", 24, "VARCHAR", "20", "0"},
        {"text", plain, "TEXT", "2147483647", "0"},
        {"numeric", numeric_typmod(8, 2), "NUMERIC", "8", "2"},
        {"timestamp", 3, "TIMESTAMP", "26", "3"},
        {"timestamptz", plain, "TIMESTAMPTZ", "35", "6"},
        {"time", 0, "TIME", "8", "0"},
        {"float8", plain, "FLOAT8", "17", "17"},
        {"interval", plain, "INTERVAL", "49", "6"},
        {"price", plain, "PRICE", "8", "3"},
    }));
    CAPTURE(row.type);
    auto info = column(row.type, row.typmod);
    info.mapping.kind = ColumnMapping::Kind::PropagateSourceType;
    const auto schema = ColumnConverter(info, catalog(), {}).schema();
    CHECK(*schema->parameter("__debezium.source.column.type") == row.name);
    CHECK(*schema->parameter("__debezium.source.column.length") == row.length);
    CHECK(*schema->parameter("__debezium.source.column.scale") == row.scale);
    CHECK(*schema->parameter("__debezium.source.column.name") == "c");
}

TEST_CASE("propagated lengths of vectors are their dimensions", "[postgres][types]") {
    const auto [type, typmod, length] = GENERATE(table<const char*, std::int32_t, const char*>(
        {{"vector", 3, "3"}, {"halfvec", 1500, "1500"}, {"sparsevec", plain, nullptr}, {"_vector", 2, "2147483647"}}));
    CAPTURE(type);
    auto info = column(type, typmod);
    info.mapping.kind = ColumnMapping::Kind::PropagateSourceType;
    const auto schema = ColumnConverter(info, catalog(), {}).schema();
    const auto* shown = schema->parameter("__debezium.source.column.length");
    CHECK((shown ? *shown : "") == (length ? length : ""));
}

TEST_CASE("a PostGIS geometry is optional even where the column is not", "[postgres][types]") {
    CHECK(ColumnConverter(column("geometry", -1, false), catalog(), {}).schema()->optional());
    CHECK_FALSE(ColumnConverter(column("geography", -1, false), catalog(), {}).schema()->optional());
}

TEST_CASE("a numeric without precision is described differently by catalog and stream", "[postgres][types]") {
    auto info = column("numeric");
    info.mapping.kind = ColumnMapping::Kind::PropagateSourceType;
    const auto by_catalog = ColumnConverter(info, catalog(), {}).schema();
    CHECK(*by_catalog->parameter("__debezium.source.column.length") == "0");
    CHECK(by_catalog->parameter("__debezium.source.column.scale") == nullptr);
    info.from_relation = true;
    CHECK(*ColumnConverter(info, catalog(), {}).schema()->parameter("__debezium.source.column.length") == "131089");
}

TEST_CASE("a domain over numerics without precision has one description for catalog and stream", "[postgres][types]") {
    auto info = column("any_price");
    info.mapping.kind = ColumnMapping::Kind::PropagateSourceType;
    info.from_relation = GENERATE(false, true);
    const auto schema = ColumnConverter(info, catalog(), {}).schema();
    CHECK(*schema->parameter("__debezium.source.column.length") == "131089");
    REQUIRE(schema->parameter("__debezium.source.column.scale") != nullptr);
    CHECK(*schema->parameter("__debezium.source.column.scale") == "0");
}

TEST_CASE("an array of numerics without precision has one description for catalog and stream", "[postgres][types]") {
    auto info = column("_numeric");
    info.mapping.kind = ColumnMapping::Kind::PropagateSourceType;
    info.from_relation = GENERATE(false, true);
    CAPTURE(info.from_relation);
    const auto schema = ColumnConverter(info, catalog(), {}).schema();
    CHECK(*schema->parameter("__debezium.source.column.length") == "131089");
    REQUIRE(schema->parameter("__debezium.source.column.scale") != nullptr);
    CHECK(*schema->parameter("__debezium.source.column.scale") == "0");
}

TEST_CASE("what is no number is null in keys too", "[postgres][types]") {
    Arena arena;
    const auto* const text = GENERATE("NaN", "Infinity", "-Infinity");
    const ColumnConverter number(column("numeric"), catalog(), {});
    CHECK(show(number.convert_key(text, arena)) == "null");
    CHECK(show(number.convert_key("1.50", arena)) != "null");
}
