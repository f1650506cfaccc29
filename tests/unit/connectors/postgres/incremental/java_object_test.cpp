#include "connectors/postgres/incremental/java_object.hpp"

#include "connectors/postgres/types/oids.hpp"
#include "tests/pch.hpp"

using namespace millrace::postgres;
using Kind = KeyValue::Kind;

namespace {

const std::string array = "aced0005757200135b4c6a6176612e6c616e672e4f626a6563743b90ce589f1073296c0200007870";

/// The bytes are those of Java 25 for the same Object[].
void check(const RowKey& key, const std::string& digits) {
    CHECK(write_java_key(key) == array + digits);
    const auto read = read_java_key(array + digits);
    REQUIRE(read.has_value());
    CHECK(*read == key);
}

}

TEST_CASE("keys of whole numbers are Java's, back references included", "[postgres]") {
    check({{Kind::Integer, "2"}},
          "00000001737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c7565787200106a6176612e6c"
          "616e672e4e756d62657286ac951d0b94e08b020000787000000002");
    check({{Kind::Integer, "1"}, {Kind::Integer, "1"}, {Kind::Integer, "1000"}, {Kind::Integer, "1000"}},
          "00000004737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c7565787200106a6176612e6c"
          "616e672e4e756d62657286ac951d0b94e08b02000078700000000171007e00047371007e0002000003e87371007e0002000003e8");
    check({{Kind::Long, "5"}, {Kind::Long, "7000000000"}},
          "000000027372000e6a6176612e6c616e672e4c6f6e673b8be490cc8f23df0200014a000576616c7565787200106a6176612e6c616e67"
          "2e4e756d62657286ac951d0b94e08b020000787000000000000000057371007e000200000001a13b8600");
}

TEST_CASE("keys of texts, UUIDs and decimals are Java's", "[postgres]") {
    using namespace std::string_literals;
    check({{Kind::String, "a\0b😀ä"s}}, "0000000174000c61c08062eda0bdedb880c3a4");
    check({{Kind::Uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
          "000000017372000e6a6176612e7574696c2e55554944bc9903f7986d852f0200024a000c6c65617374536967426974734a000b6d6f73"
          "74536967426974737870bb6d6bb9bd380a11a0eebc999c0b4ef8");
    check({{Kind::Decimal, "-12.50"}, {Kind::Decimal, "0"}, {Kind::Decimal, "123456789012345678901234567890"}},
          "00000003737200146a6176612e6d6174682e426967446563696d616c54c71557f981284f0300024900057363616c654c0006696e7456"
          "616c7400164c6a6176612f6d6174682f426967496e74656765723b787200106a6176612e6c616e672e4e756d62657286ac951d0b94e0"
          "8b020000787000000002737200146a6176612e6d6174682e426967496e74656765728cfc9f1fa93bfb1d030006490008626974436f75"
          "6e744900096269744c656e67746849001366697273744e6f6e7a65726f427974654e756d49000c6c6f77657374536574426974490006"
          "7369676e756d5b00096d61676e69747564657400025b427871007e0004fffffffffffffffffffffffefffffffeffffffff757200025b"
          "42acf317f8060854e002000078700000000204e278787371007e0002000000007371007e0006fffffffffffffffffffffffefffffffe"
          "000000007571007e00090000000078787371007e0002000000007371007e0006fffffffffffffffffffffffefffffffe000000017571"
          "007e00090000000d018ee90ff6c373e0ee4e3f0ad27878");
}

TEST_CASE("a key of columns of many classes is Java's", "[postgres]") {
    check({{Kind::Integer, "3"},
           {Kind::String, "x"},
           {},
           {Kind::Boolean, "t"},
           {Kind::Boolean, "t"},
           {Kind::Double, "1.5"},
           {Kind::Float, "2.5"},
           {Kind::Date, "2024-02-29"}},
          "00000008737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c7565787200106a6176612e6c"
          "616e672e4e756d62657286ac951d0b94e08b0200007870000000037400017870737200116a6176612e6c616e672e426f6f6c65616ecd"
          "207280d59cfaee0200015a000576616c756578700171007e0007737200106a6176612e6c616e672e446f75626c6580b3c24a296bfb04"
          "02000144000576616c75657871007e00033ff80000000000007372000f6a6176612e6c616e672e466c6f6174daedc9a2db3cf0ec0200"
          "0146000576616c75657871007e0003402000007372000d6a6176612e73716c2e4461746514fa46683f3566970200007872000e6a6176"
          "612e7574696c2e44617465686a81014b597419030000787077080000018df229280078");
}

TEST_CASE("small decimals keep their plain form through a restart", "[postgres]") {
    for (const auto* text : {"0.0000000001", "-0.5", "100", "12345678901234567890.123456789", "0.00"}) {
        const auto key = read_java_key(write_java_key(RowKey{{Kind::Decimal, text}}));
        REQUIRE(key.has_value());
        CHECK(key->front().text == text);
    }
}

TEST_CASE("a Short is read as the number that it is", "[postgres]") {
    const auto key = read_java_key(
        array +
        "000000017372000f6a6176612e6c616e672e53686f7274684d37133460da5202000153000576616c7565787200106a6176612e6c616e67"
        "2e4e756d62657286ac951d0b94e08b02000078700007");
    REQUIRE(key.has_value());
    CHECK(*key == RowKey{{Kind::Integer, "7"}});
}

TEST_CASE("no key is Java's null, and so is what is not understood", "[postgres]") {
    CHECK(write_java_key({}) == "aced000570");
    CHECK_FALSE(read_java_key("aced000570"));
    CHECK_FALSE(read_java_key(""));
    CHECK_FALSE(read_java_key("no digits"));
    CHECK_FALSE(read_java_key("aced0005"));
    CHECK_FALSE(read_java_key(array + "00000001"));
    CHECK_FALSE(read_java_key(array + "0000000171007e00ff"));
    CHECK_FALSE(read_java_key(array + "ffffffff70"));
    CHECK_FALSE(read_java_key(array + "0000000173720001410000000000000000020000787074"));
}

TEST_CASE("a column's type gives the class of its key", "[postgres]") {
    CHECK(key_value(oid::int2, "7").kind == Kind::Integer);
    CHECK(key_value(oid::int8, "7").kind == Kind::Long);
    CHECK(key_value(oid::numeric, "7.5").kind == Kind::Decimal);
    CHECK(key_value(oid::numeric, "NaN").kind == Kind::String);
    CHECK(key_value(oid::date, "2024-02-29").kind == Kind::Date);
    CHECK(key_value(oid::date, "infinity").kind == Kind::String);
    CHECK(key_value(oid::timestamp, "2024-02-29 00:00:00").kind == Kind::String);
    CHECK(key_value(oid::text, {}).kind == Kind::Null);
    CHECK(shown({{Kind::Integer, "7"}, {}, {Kind::String, "x"}}) == "7,<null>,x");
    CHECK(shown({{Kind::Boolean, "t"},
                 {Kind::Boolean, "f"},
                 {Kind::Double, "1"},
                 {Kind::Float, "1e+10"},
                 {Kind::Double, "NaN"}}) == "true,false,1.0,1.0E10,NaN");
}
