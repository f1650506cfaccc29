#include "connectors/api/errors.hpp"
#include "tests/unit/connectors/postgres/types/fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

struct Case {
    const char* type;
    std::int32_t typmod;
    const char* text;
    std::string value;
    std::string schema;
};

void check(const Case& c, const TypeOptions& options = {}) {
    CAPTURE(c.type, c.typmod, c.text);
    const auto info = column(c.type, c.typmod);
    CHECK(convert(info, c.text, options) == c.value);
    if (!c.schema.empty()) CHECK(show(ColumnConverter(info, catalog(), options).schema()) == c.schema);
}

constexpr auto plain = -1;

}

TEST_CASE("numbers become Connect numbers and decimals", "[postgres][types]") {
    const auto c = GENERATE(values<Case>({
        {"bool", plain, "t", "true", "boolean?"},
        {"bool", plain, "f", "false", ""},
        {"int2", plain, "-32768", "-32768", "int16?"},
        {"int4", plain, "2147483647", "2147483647", "int32?"},
        {"int8", plain, "-9223372036854775808", "-9223372036854775808", "int64?"},
        {"oid", plain, "4294967295", "4294967295", "int64?"},
        {"float4", plain, "NaN", "nan", "float32?"},
        {"float8", plain, "-Infinity", "-inf", "float64?"},
        {"float8", plain, "5e-324", "5e-324", ""},
        {"numeric", plain, "123.4500", "(2,x3039)", "io.debezium.data.VariableScaleDecimal/1 struct?"},
        {"numeric", plain, "100000000000000000000", "(0,x056bc75e2d63100000)", ""},
        {"numeric", plain, "NaN", "null", ""},
        {"numeric", numeric_typmod(5, 2), "-999.99", "xfe7961",
         "org.apache.kafka.connect.data.Decimal/1 bytes? scale=2 connect.decimal.precision=5"},
        {"numeric", numeric_typmod(3, -2), "12300", "",
         "org.apache.kafka.connect.data.Decimal/1 bytes? scale=2046 connect.decimal.precision=3"},
        {"money", plain, "-$1,234.50", "xfe1dc6", "org.apache.kafka.connect.data.Decimal/1 bytes? scale=2"},
        {"money", plain, "($0.005)", "xff", ""},
        {"bit", 1, "1", "true", "boolean?"},
        {"bit", 12, "100000000011", "x0308", "io.debezium.data.Bits/1 bytes? length=12"},
        {"bit", 12, "000000001111", "x0f", ""},
        {"bit", 12, "000000000000", "x", ""},
        {"varbit", plain, "101", "x05", "io.debezium.data.Bits/1 bytes? length=2147483647"},
    }));
    if (c.value.empty())
        CHECK(show(ColumnConverter(column(c.type, c.typmod), catalog(), {}).schema()) == c.schema);
    else
        check(c);
}

TEST_CASE("decimal.handling.mode changes decimals and money", "[postgres][types]") {
    TypeOptions options{.decimals = DecimalHandling::String};
    check({"numeric", plain, "123.4500", "\"123.4500\"", "string?"}, options);
    check({"numeric", plain, "-Infinity", "\"NEGATIVE_INFINITY\"", ""}, options);
    check({"money", plain, "$1,234.50", "\"1234.50\"", "string?"}, options);
    options.decimals = DecimalHandling::Double;
    check({"numeric", numeric_typmod(5, 2), "1.10", "1.1", "float64?"}, options);
    check({"numeric", plain, "1e400", "inf", ""}, options);
    check({"money", plain, "-$0.50", "-0.5", "float64?"}, options);
    check({"money", plain, "$3.00", "x7530", "org.apache.kafka.connect.data.Decimal/1 bytes? scale=4"},
          {.money_fraction_digits = 4});
}

TEST_CASE("texts pass through under the name of their type", "[postgres][types]") {
    const auto c = GENERATE(values<Case>({
        {"text", plain, "日本 \"q\"", "\"日本 \"q\"\"", "string?"},
        {"bpchar", 9, "ab   ", "\"ab   \"", "string?"},
        {"citext", plain, "CiText", "\"CiText\"", "string?"},
        {"uuid", plain, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"",
         "io.debezium.data.Uuid/1 string?"},
        {"jsonb", plain, "{\"a\": 1}", "\"{\"a\": 1}\"", "io.debezium.data.Json/1 string?"},
        {"xml", plain, "<a/>", "\"<a/>\"", "io.debezium.data.Xml/1 string?"},
        {"ltree", plain, "a.b", "\"a.b\"", "io.debezium.data.Ltree/1 string?"},
        {"tsvector", plain, "'a'", "\"'a'\"", "io.debezium.data.Tsvector/1 string?"},
        {"mood", plain, "ok", "\"ok\"", "io.debezium.data.Enum/1 string? allowed=sad,ok"},
        {"inet", plain, "10.0.0.1/8", "\"10.0.0.1/8\"", "string?"},
        {"int4range", plain, "[1,5)", "\"[1,5)\"", "string?"},
        {"hstore", plain, "\"a\"=>\"1\", \"b\"=>NULL", "\"{\"a\":\"1\",\"b\":null}\"",
         "io.debezium.data.Json/1 string?"},
        {"bytea", plain, "\\xdead", "xdead", "bytes?"},
        {"bytea", plain, "\\x", "x", ""},
        {"bytea", plain, "\\xzz", "null", ""},
    }));
    check(c);
}

TEST_CASE("text points into what the server sent", "[postgres][types]") {
    const ColumnConverter converter(column("text"), catalog(), {});
    const std::string sent = "a text that nobody copies";
    Arena arena;
    CHECK(converter.convert(sent, arena).as_text().data() == sent.data());
    CHECK(arena.used_bytes() == 0);
}

TEST_CASE("binary.handling.mode encodes bytea and what is unknown", "[postgres][types]") {
    TypeOptions options{.binary = BinaryHandling::Base64, .include_unknown = true};
    check({"bytea", plain, "\\xfffe00", "\"//4A\"", "string?"}, options);
    check({"tsquery", plain, "'a'", "\"J2En\"", "string?"}, options);
    options.binary = BinaryHandling::Base64UrlSafe;
    check({"bytea", plain, "\\xfffe", "\"__4=\"", "string?"}, options);
    options.binary = BinaryHandling::Hex;
    check({"bytea", plain, "\\xfffe", "\"fffe\"", "string?"}, options);
    check({"pg_lsn", plain, "0/1", "\"302f31\"", "string?"}, options);
    options.binary = BinaryHandling::Bytes;
    check({"pair", plain, "(1,x)", "x28312c7829", "bytes?"}, options);
}

TEST_CASE("a type without a mapping is absent", "[postgres][types]") {
    const auto* type = GENERATE("tsquery", "pair", "pg_lsn", "_money", "_name", "_interval", "_varbit", "_xml",
                                "_point", "_price", "_pg_lsn");
    CAPTURE(type);
    CHECK_FALSE(ColumnConverter(column(type), catalog(), {}).captured());
    const bool always =
        std::set<std::string_view>{"_money", "_name", "_interval", "_varbit", "_xml", "_point"}.contains(type);
    CHECK(ColumnConverter(column(type), catalog(), {.include_unknown = true}).captured() != always);
}

TEST_CASE("time.precision.mode chooses schema and unit", "[postgres][types]") {
    using enum TimePrecision;
    struct Row {
        TimePrecision mode;
        Case c;
    };
    const auto row = GENERATE(values<Row>({
        {Adaptive, {"date", plain, "2026-11-21", "20778", "io.debezium.time.Date/1 int32?"}},
        {Connect, {"date", plain, "2026-11-21", "20778", "org.apache.kafka.connect.data.Date/1 int32?"}},
        {IsoString, {"date", plain, "2026-11-21", "\"2026-11-21Z\"", "io.debezium.time.IsoDate/1 string?"}},
        {Structured, {"date", plain, "2026-11-21", "(2026,11,21,null)", "io.debezium.time.StructuredDate/1 struct?"}},
        {Structured, {"date", plain, "-infinity", "(null,null,null,\"NEGATIVE_INFINITY\")", ""}},
        {Adaptive, {"time", 3, "01:02:03.456", "3723456", "io.debezium.time.Time/1 int32?"}},
        {Adaptive, {"time", plain, "01:02:03.456789", "3723456789", "io.debezium.time.MicroTime/1 int64?"}},
        {AdaptiveTimeMicroseconds, {"time", 0, "24:00:00", "86400000000", "io.debezium.time.MicroTime/1 int64?"}},
        {Connect, {"time", plain, "01:02:03.456789", "3723456", "org.apache.kafka.connect.data.Time/1 int32?"}},
        {Nanoseconds, {"time", plain, "01:02:03.456789", "3723456789000", "io.debezium.time.NanoTime/1 int64?"}},
        {IsoString, {"time", plain, "01:02:03.450000", "\"01:02:03.45Z\"", "io.debezium.time.IsoTime/1 string?"}},
        {Structured, {"time", 6, "01:02:03.5", "(1,2,3,500000000,6)", "io.debezium.time.StructuredTime/1 struct?"}},
        {Adaptive, {"timestamp", 3, "2026-11-21 01:02:03.456", "1795222923456", "io.debezium.time.Timestamp/1 int64?"}},
        {Adaptive,
         {"timestamp", plain, "1969-12-31 23:59:59.999999", "-1", "io.debezium.time.MicroTimestamp/1 int64?"}},
        {Adaptive, {"timestamp", plain, "294276-12-31 23:59:59.999999", "-9223372036853775810", ""}},
        {Adaptive, {"timestamp", 0, "infinity", "9223372036825200000", ""}},
        {Adaptive, {"timestamp", plain, "-infinity", "-9223372036854775808", ""}},
        {Connect,
         {"timestamp", plain, "1969-12-31 23:59:59.999999", "-1", "org.apache.kafka.connect.data.Timestamp/1 int64?"}},
        {Nanoseconds,
         {"timestamp", 3, "1970-01-01 00:00:00.001", "1000000", "io.debezium.time.NanoTimestamp/1 int64?"}},
        {Nanoseconds, {"timestamp", 3, "2300-01-01 00:00:00", "null", ""}},
        {IsoString,
         {"timestamp", plain, "0044-03-15 12:00:00 BC", "\"-0043-03-15T12:00:00Z\"",
          "io.debezium.time.IsoTimestamp/1 string?"}},
        {IsoString, {"timestamp", plain, "infinity", "\"+292278994-08-16T23:00:00Z\"", ""}},
        {Structured,
         {"timestamp", plain, "2026-11-21 01:02:03.5", "(2026,11,21,1,2,3,500000000,null,6)",
          "io.debezium.time.StructuredTimestamp/1 struct?"}},
        {Adaptive,
         {"timestamptz", plain, "2026-11-21 01:02:05+00", "\"2026-11-21T01:02:05.000000Z\"",
          "io.debezium.time.ZonedTimestamp/1 string?"}},
        {Adaptive, {"timestamptz", 3, "2026-11-21 01:02:05.1-03:30", "\"2026-11-21T04:32:05.100Z\"", ""}},
        {Adaptive, {"timestamptz", 0, "2026-11-21 01:02:05+00", "\"2026-11-21T01:02:05Z\"", ""}},
        {Adaptive, {"timestamptz", plain, "20000-01-01 00:00:00+00", "\"+20000-01-01T00:00:00.000000Z\"", ""}},
        {Adaptive, {"timestamptz", plain, "infinity", "\"infinity\"", ""}},
        {Structured,
         {"timestamptz", 3, "2026-11-21 01:02:05+02", "(2026,11,20,23,2,5,0,0,\"Z\",null,3)",
          "io.debezium.time.StructuredZonedTimestamp/1 struct?"}},
        {Adaptive,
         {"timetz", plain, "01:02:03.456789+02", "\"23:02:03.456789Z\"", "io.debezium.time.ZonedTime/1 string?"}},
        {Adaptive, {"timetz", plain, "24:00:00+00", "\"24:00:00Z\"", ""}},
        {Structured,
         {"timetz", plain, "24:00:00-03:30", "(24,0,0,0,-12600,6)", "io.debezium.time.StructuredZonedTime/1 struct?"}},
        {Adaptive,
         {"interval", plain, "1 year 2 mons 3 days 04:05:06.789", "37091106789000",
          "io.debezium.time.MicroDuration/1 int64?"}},
        {Structured,
         {"interval", plain, "-1 years +5 days -00:00:00.000001", "(-1,0,5,0,0,0,-1000,6)",
          "io.debezium.time.StructuredDuration/1 struct?"}},
    }));
    check(row.c, {.time_precision = row.mode});
}

TEST_CASE("interval.handling.mode=string spells every part", "[postgres][types]") {
    const auto [text, value] = GENERATE(table<const char*, const char*>({
        {"1 year 2 mons 3 days 04:05:06.78", "\"P1Y2M3DT4H5M6.78S\""},
        {"00:00:00", "\"P0Y0M0DT0H0M0S\""},
        {"-1 mons +2 days -03:00:00", "\"P0Y-1M2DT-3H0M0S\""},
        {"-1 years +5 days -00:00:00.000001", "\"P-1Y0M5DT0H0M-0.000001S\""},
        {"100:00:00", "\"P0Y0M0DT100H0M0S\""},
    }));
    check({"interval", plain, text, value, "io.debezium.time.Interval/1 string?"},
          {.intervals = IntervalHandling::String});
}

TEST_CASE("snapshots read dates as Java does, unless that is switched off", "[postgres][types]") {
    const auto [text, streamed, snapshot] = GENERATE(table<const char*, const char*, const char*>({
        {"infinity", "2146033979", "-622191234"},
        {"-infinity", "-2147472691", "-625821272"},
        {"0044-03-15 BC", "-735160", "-703383"},
        {"1582-10-10", "-141432", "-141422"},
        {"1582-10-04", "-141438", "-141438"},
        {"2016-11-04", "17109", "17109"},
    }));
    CAPTURE(text);
    const auto info = column("date");
    CHECK(convert(info, text) == streamed);
    CHECK(convert(info, text, {}, Origin::Snapshot) == snapshot);
    CHECK(convert(info, text, {.reproduce_defects = false}, Origin::Snapshot) == streamed);
}

TEST_CASE("name is lost in streaming only where Debezium's defects are wanted", "[postgres][types]") {
    const auto optional = column("name");
    CHECK(convert(optional, "n") == "null");
    CHECK(convert(optional, "n", {}, Origin::Snapshot) == "\"n\"");
    CHECK(convert(optional, "n", {.include_unknown = true}) == "\"n\"");
    CHECK(convert(optional, "n", {.reproduce_defects = false}) == "\"n\"");
    CHECK(convert(column("name", -1, false), "n") == "\"\"");
}

TEST_CASE("arrays have optional elements of the element's type", "[postgres][types]") {
    const auto c = GENERATE(values<Case>({
        {"_int4", plain, "{1,NULL,-3}", "[1,null,-3]", "array?<int32?>"},
        {"_int4", plain, "{}", "[]", ""},
        {"_int4", plain, "[0:1]={5,6}", "[5,6]", ""},
        {"_text", plain, R"({a,"b c","d\"q",NULL,"NULL",""})", R"(["a","b c","d"q",null,"NULL",""])",
         "array?<string?>"},
        {"_numeric", numeric_typmod(5, 2), "{1.10,2.25}", "[x6e,x00e1]",
         "array?<org.apache.kafka.connect.data.Decimal/1 bytes? scale=2 connect.decimal.precision=5>"},
        {"_numeric", plain, "{1,NaN}", "null", ""},
        {"_timestamp", 3, "{\"2020-01-01 12:00:00.123\"}", "[1577880000123]",
         "array?<io.debezium.time.Timestamp/1 int64?>"},
        {"_time", plain, "{01:02:03.004005,24:00:00}", "[3723004000,0]", ""},
        {"_bytea", plain, R"({"\\xdead"})", "[xdead]", "array?<bytes?>"},
        {"_hstore", plain, R"({"\"a\"=>\"1\"",NULL})", R"(["{"a":"1"}",null])",
         "array?<io.debezium.data.Json/1 string?>"},
        {"_mood", plain, "{sad,ok}", R"(["sad","ok"])", "array?<io.debezium.data.Enum/1 string allowed=sad,ok>"},
        {"_mood", plain, "{sad,NULL}", "null", ""},
        {"_int4", plain, "{{1,2},{3,4}}", "[null,null]", ""},
        {"_text", plain, "{{a,b},{c,d}}", R"(["{a,b}","{c,d}"])", ""},
        {"_bit", 3, "{101}", "null", "io.debezium.data.Bits/1 bytes? length=3"},
        {"_box", plain, "{(2,2),(0,0)}", "null", "array?<io.debezium.data.geometry.Geometry/2 struct?>"},
    }));
    check(c);
}

TEST_CASE("without Debezium's defects arrays keep what they hold", "[postgres][types]") {
    const TypeOptions right{.reproduce_defects = false};
    check({"_int4", plain, "{{1,2},{3,NULL}}", "[1,2,3,null]", "array?<int32?>"}, right);
    check({"_mood", plain, "{sad,NULL}", R"(["sad",null])", ""}, right);
    check({"_time", plain, "{01:02:03.004005}", "[3723004005]", ""}, right);
    check({"_date", plain, "{infinity}", "[2146033979]", ""}, right);
    Arena arena;
    const ColumnConverter boxes(column("_box"), catalog(), right);
    CHECK(boxes.convert("{(1,1),(0,0);(2,2),(0,0)}", arena).as_values().size() == 2);
}

TEST_CASE("shapes become well-known binary", "[postgres][types]") {
    const auto c = GENERATE(values<Case>({
        {"point", plain, "(1.5,-2.25)", "(1.5,-2.25,x0101000000000000000000f83f00000000000002c0,null)",
         "io.debezium.data.geometry.Point/1 struct?"},
        {"line", plain, "{1,2,3}", "(1,2,3)", "io.debezium.data.geometry.Line/1 struct?"},
        {"circle", plain, "<(0,0),3>", "((0,0,x010100000000000000000000000000000000000000,null),3)",
         "io.debezium.data.geometry.Circle/1 struct?"},
        {"lseg", plain, "[(0,0),(1,1)]",
         "(x01020000000200000000000000000000000000000000000000000000000000f03f000000000000f03f,null,{\"type\":\"lseg\"}"
         ")",
         "io.debezium.data.geometry.Geometry/2 struct?"},
        {"path", plain, "((0,0))",
         "(x01020000000100000000000000000000000000000000000000,null,{\"type\":\"path\",\"closed\":\"true\"})", ""},
        {"geometry", plain, "0101000020E6100000000000000000F03F0000000000000040",
         "(x0101000020e6100000000000000000f03f0000000000000040,4326,null)",
         "io.debezium.data.geometry.Geometry/2 struct?"},
        {"geography", plain, "010700000000000000", "(x010700000000000000,null)",
         "io.debezium.data.geometry.Geography/1 struct?"},
        {"vector", plain, "[1,2.5,-3]", "[1,2.5,-3]", "io.debezium.data.DoubleVector/1 array?<float64>"},
        {"halfvec", plain, "[0.1]", "[0.1]", "io.debezium.data.FloatVector/1 array?<float32>"},
        {"sparsevec", plain, "{3:2,1:1.5}/5", "(5,{1:1.5,3:2})", "io.debezium.data.SparseDoubleVector/1 struct?"},
        {"sparsevec", plain, "{1:1}/40000", "null", ""},
    }));
    check(c);
}

TEST_CASE("domains are what they are made of", "[postgres][types]") {
    check({"sure_price", plain, "1.5", "x05dc",
           "org.apache.kafka.connect.data.Decimal/1 bytes scale=3 connect.decimal.precision=8"});
}

TEST_CASE("hstore.handling.mode=map keeps the order of Java's maps", "[postgres][types]") {
    check({"hstore", plain, R"("a"=>"2", "m"=>"3", "z"=>"1", "bb"=>"4")", R"({"bb":"4","a":"2","z":"1","m":"3"})",
           "map?<string?>"},
          {.hstore = HstoreHandling::Map});
}

TEST_CASE("a default in the schema is a constant of the type", "[postgres][types]") {
    struct Row {
        const char* type;
        std::int32_t typmod;
        const char* expression;
        const char* value;
    };
    const auto row = GENERATE(values<Row>({
        {"int4", plain, "'-42'::integer", "-42"},
        {"int4", plain, "nextval('t_id_seq'::regclass)", "0"},
        {"int4", plain, "(1 + 2)", "null"},
        {"int8", plain, "(1)::bigint", "null"},
        {"text", plain, "('a'::text || 'b'::text)", "\"a\""},
        {"text", plain, "'it''s'::text", "\"it's\""},
        {"text", plain, "NULL::text", "null"},
        {"text", plain, "CURRENT_USER", "\"CURRENT_USER\""},
        {"bool", plain, "(1 = 1)", "false"},
        {"bool", plain, "true", "true"},
        {"numeric", numeric_typmod(6, 2), "'-1.5'::numeric", "xff6a"},
        {"numeric", numeric_typmod(6, 2), "1.555", "null"},
        {"numeric", plain, "3.14", "null"},
        {"float8", plain, "'Infinity'::double precision", "inf"},
        {"date", plain, "CURRENT_DATE", "0"},
        {"date", plain, "('2024-01-01'::date + 1)", "19723"},
        {"date", plain, "'infinity'::date", "169560311"},
        {"timestamp", plain, "'2020-01-02'::date", "1577923200000000"},
        {"timestamp", plain, "now()", "0"},
        {"timestamptz", plain, "'2021-12-31 23:00:00+00'::timestamp with time zone", "\"2021-12-31T23:00:00.000000Z\""},
        {"timestamptz", plain, "'infinity'::timestamp with time zone", "null"},
        {"time", plain, "'10:00:00'::time without time zone", "36000000000"},
        {"interval", plain, "'1 day'::interval", "86400000000"},
        {"uuid", plain, "gen_random_uuid()", "\"00000000-0000-0000-0000-000000000000\""},
        {"jsonb", plain, "'{\"k\": [1]}'::jsonb", "\"{\"k\": [1]}\""},
        {"mood", plain, "'ok'::mood", "\"ok\""},
        {"mood", plain, "f()", "null"},
        {"bit", 3, "B'101'::\"bit\"", "x05"},
        {"bytea", plain, "'\\x01'::bytea", "null"},
        {"_text", plain, "ARRAY['a'::text]", "null"},
        {"price", plain, "1.5", "null"},
    }));
    CAPTURE(row.type, row.expression);
    auto info = column(row.type, row.typmod);
    info.default_expression = row.expression;
    const ColumnConverter converter(info, catalog(), {});
    CHECK(show(converter.schema()->default_value()) == row.value);
    CHECK(converter.schema() == converter.key_schema());
}

TEST_CASE("an unchanged TOAST value has a placeholder by type", "[postgres][types]") {
    const auto [type, value] = GENERATE(table<const char*, const char*>({
        {"text", "\"gone\""},
        {"jsonb", "\"gone\""},
        {"bytea", "x676f6e65"},
        {"hstore", "\"{\"gone\":\"gone\"}\""},
        {"_text", "[\"gone\"]"},
        {"_bytea", "[x676f6e65]"},
        {"_int4", "[103,111,110,101]"},
        {"_date", "[103,111,110,101]"},
        {"_int8", "[103,111,110,101]"},
        {"_int2", "null"},
        {"_citext", "null"},
        {"numeric", "null"},
        {"_numeric", "null"},
    }));
    CAPTURE(type);
    const ColumnConverter converter(column(type), catalog(), {.unavailable_value = "gone"});
    CHECK(show(converter.unavailable()) == value);
}

TEST_CASE("the placeholder of uuid[] is named by the text", "[postgres][types]") {
    CHECK(show(ColumnConverter(column("_uuid"), catalog(), {}).unavailable()) ==
          "[\"b68a35a7-17ad-35b3-af2a-ae46edb4545a\"]");
}

TEST_CASE("base64 of a placeholder is null in Debezium alone", "[postgres][types]") {
    TypeOptions options{.binary = BinaryHandling::Base64, .unavailable_value = "gone"};
    CHECK(show(ColumnConverter(column("bytea"), catalog(), options).unavailable()) == "null");
    options.reproduce_defects = false;
    CHECK(show(ColumnConverter(column("bytea"), catalog(), options).unavailable()) == "\"Z29uZQ==\"");
}

TEST_CASE("a required column that was not sent falls back to its zero", "[postgres][types]") {
    const auto [type, typmod, value] = GENERATE(table<const char*, std::int32_t, const char*>({
        {"int4", plain, "0"},
        {"bool", plain, "false"},
        {"numeric", plain, "(0,x00)"},
        {"numeric", numeric_typmod(5, 2), "x00"},
        {"money", plain, "x00"},
        {"text", plain, "\"\""},
        {"uuid", plain, "\"\""},
        {"bytea", plain, "x"},
        {"bit", 1, "false"},
        {"bit", 5, "x"},
        {"date", plain, "0"},
        {"timestamp", plain, "0"},
        {"timetz", plain, "\"00:00:00Z\""},
        {"timestamptz", plain, "\"1970-01-01T00:00:00Z\""},
        {"interval", plain, "0"},
        {"hstore", plain, "\"{}\""},
        {"_int4", plain, "[]"},
        {"line", plain, "(0,1,0)"},
        {"circle", plain, "((0,0,x010100000000000000000000000000000000000000,null),0)"},
    }));
    CAPTURE(type);
    CHECK(show(ColumnConverter(column(type, typmod, false), catalog(), {}).fallback()) == value);
    auto with_default = column("int4", plain, false);
    with_default.default_expression = "7";
    CHECK(show(ColumnConverter(with_default, catalog(), {}).fallback()) == "7");
}

TEST_CASE("event.converting.failure.handling.mode decides what a bad value does", "[postgres][types]") {
    Arena arena;
    const auto info = column("int4");
    CHECK(ColumnConverter(info, catalog(), {}).convert("x", arena).is_null());
    CHECK(ColumnConverter(info, catalog(), {.on_failure = ConversionFailure::Skip}).convert("x", arena).is_null());
    const ColumnConverter strict(info, catalog(), {.on_failure = ConversionFailure::Fail});
    CHECK_THROWS_AS(strict.convert("x", arena), DataException);
    CHECK_THROWS_WITH(strict.convert("x", arena), Catch::Contains("public.t.c") && Catch::Contains("'x'"));
}

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

TEST_CASE("a numeric without precision is described differently by catalog and stream", "[postgres][types]") {
    auto info = column("numeric");
    info.mapping.kind = ColumnMapping::Kind::PropagateSourceType;
    const auto by_catalog = ColumnConverter(info, catalog(), {}).schema();
    CHECK(*by_catalog->parameter("__debezium.source.column.length") == "0");
    CHECK(by_catalog->parameter("__debezium.source.column.scale") == nullptr);
    info.from_relation = true;
    CHECK(*ColumnConverter(info, catalog(), {}).schema()->parameter("__debezium.source.column.length") == "131089");
}

TEST_CASE("a column of a type that nobody knows is absent or raw", "[postgres][types]") {
    const ColumnInfo info{.name = "c", .type = 999999};
    CHECK_FALSE(ColumnConverter(info, catalog(), {}).captured());
    CHECK(convert(info, "abc", {.include_unknown = true}) == "x616263");
}
