#include "connectors/support/decimal.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"

namespace millrace {

TEST_CASE("decimals are written as BigDecimal.toString does and read again", "[decimal]") {
    const auto [hex, scale, text] = GENERATE(table<std::string, std::int32_t, std::string>({
        {"00", 0, "0"},
        {"3039", 2, "123.45"},
        {"cfc7", 2, "-123.45"},
        {"01", 0, "1"},
        {"ff", 0, "-1"},
        {"7f", 0, "127"},
        {"0080", 0, "128"},
        {"80", 0, "-128"},
        {"ff7f", 0, "-129"},
        {"01", 3, "0.001"},
        {"01", 6, "0.000001"},
        {"01", 7, "1E-7"},
        {"0b", 8, "1.1E-7"},
        {"6e", 2, "1.10"},
        {"00", 2, "0.00"},
        {"00", 10, "0E-10"},
        {"01", -3, "1E+3"},
        {"0c", -3, "1.2E+4"},
        {"7fffffffffffffff", 0, "9223372036854775807"},
        {"8000000000000000", 0, "-9223372036854775808"},
        {"008000000000000000", 0, "9223372036854775808"},
        {"0100000000000000000000000000000000", 5, "3402823669209384634633746074317682.11456"},
        {"ff00000000000000000000000000000000", 5, "-3402823669209384634633746074317682.11456"},
    }));
    CAPTURE(text);
    std::string out;
    append_decimal(out, *from_hex(hex), scale);
    CHECK(out == text);
    const auto bytes = decimal_bytes(text, scale);
    REQUIRE(bytes);
    CHECK(to_hex(*bytes) == hex);
}

TEST_CASE("a number is brought to the scale asked for, if nothing is lost", "[decimal]") {
    const auto [text, scale, hex] = GENERATE(table<std::string, std::int32_t, std::optional<std::string>>({
        {"1", 2, "64"},
        {"+1.5", 2, "0096"},
        {"1.50", 1, "0f"},
        {"1.55", 1, std::nullopt},
        {"100", -2, "01"},
        {"150", -2, std::nullopt},
        {"1e2", 0, "64"},
        {"1.5E1", 0, "0f"},
        {"0.0", 0, "00"},
        {"0e5", 0, "00"},
        {"", 0, std::nullopt},
        {"-", 0, std::nullopt},
        {".", 0, std::nullopt},
        {"1.2.3", 5, std::nullopt},
        {"1e", 0, std::nullopt},
        {"1e1x", 0, std::nullopt},
        {"1e100001", 0, std::nullopt},
        {"12a", 0, std::nullopt},
        {"0x10", 0, std::nullopt},
    }));
    CAPTURE(text);
    const auto bytes = decimal_bytes(text, scale);
    CHECK((bytes ? std::optional(to_hex(*bytes)) : std::nullopt) == hex);
}

TEST_CASE("long decimals go both ways", "[decimal]") {
    const std::string text = "-" + std::string(20000, '7') + "." + std::string(3000, '3');
    std::string out;
    append_decimal(out, *decimal_bytes(text, 3000), 3000);
    CHECK((out == text));
    CHECK(decimal_places(text) == 3000);
    CHECK(decimal_places("1.500") == 1);
    CHECK(decimal_places("1e-3") == 3);
    CHECK(decimal_places("1e3") == 0);
    CHECK(decimal_places("x") == std::nullopt);
}

TEST_CASE("the scale stands in the schema's parameters", "[decimal]") {
    const auto schema = [](std::vector<std::pair<std::string, std::string>> parameters) {
        return make_schema({.type = Type::Bytes, .name = std::string(decimal_schema_name), .parameters = parameters});
    };
    CHECK(decimal_scale(*schema({{"connect.decimal.precision", "8"}, {"scale", "3"}})) == 3);
    CHECK_THROWS_WITH(decimal_scale(*schema({})), "Invalid Decimal schema: scale parameter not found.");
    CHECK_THROWS_AS(decimal_scale(*schema({{"scale", "x"}})), DataException);
}

}
