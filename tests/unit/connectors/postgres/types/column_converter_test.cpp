#include "connectors/api/errors.hpp"
#include "tests/unit/connectors/postgres/types/fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

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
        {"_sparsevec", plain, R"({"{1:2}/3"})", "null", ""},
        {"_sparsevec", plain, "{}", "[]", ""},
        {"_circle", plain, "{}", "[]", ""},
        {"_path", plain, "{NULL,NULL}", "[null,null]", ""},
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

TEST_CASE("event.converting.failure.handling.mode decides what a bad value does", "[postgres][types]") {
    Arena arena;
    const auto info = column("int4");
    CHECK(ColumnConverter(info, catalog(), {}).convert("x", arena).is_null());
    CHECK(ColumnConverter(info, catalog(), {.on_failure = ConversionFailure::Skip}).convert("x", arena).is_null());
    const ColumnConverter strict(info, catalog(), {.on_failure = ConversionFailure::Fail});
    CHECK_THROWS_AS(strict.convert("x", arena), DataException);
    CHECK_THROWS_WITH(strict.convert("x", arena), Catch::Contains("public.t.c") && Catch::Contains("'x'"));
}

TEST_CASE("a column of a type that nobody knows is absent or raw", "[postgres][types]") {
    const ColumnInfo info{.name = "c", .type = 999999};
    CHECK_FALSE(ColumnConverter(info, catalog(), {}).captured());
    CHECK(convert(info, "abc", {.include_unknown = true}) == "x616263");
}
