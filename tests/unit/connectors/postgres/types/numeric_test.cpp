#include "connectors/postgres/types/numeric.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/hex.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

std::string hex(std::string_view bytes) {
    Arena arena;
    return std::string(encode_hex(bytes, arena));
}
std::string unscaled(std::string_view text, int scale, Rounding rounding = Rounding::Never) {
    Arena arena;
    return hex(unscaled_bytes(text, scale, rounding, arena));
}

}

TEST_CASE("the unscaled value is two's complement of the fewest bytes", "[postgres][types]") {
    const auto [text, scale, bytes] = GENERATE(table<const char*, int, const char*>({
        {"0", 0, "00"},
        {"-0", 0, "00"},
        {"0.00", 2, "00"},
        {"1", 0, "01"},
        {"-1", 0, "ff"},
        {"127", 0, "7f"},
        {"128", 0, "0080"},
        {"-128", 0, "80"},
        {"-129", 0, "ff7f"},
        {"255", 0, "00ff"},
        {"256", 0, "0100"},
        {"-256", 0, "ff00"},
        {"1.5", 3, "05dc"},
        {"+1.50", 1, "0f"},
        {".5", 1, "05"},
        {"999999999999999999", 0, "0de0b6b3a763ffff"},
        {"9223372036854775808", 0, "008000000000000000"},
        {"-9223372036854775808", 0, "8000000000000000"},
        {"-9223372036854775809", 0, "ff7fffffffffffffff"},
        {"99999999999999999999999999999999999999", 0, "4b3b4ca85a86c47a098a223fffffffff"},
        {"-170141183460469231731687303715884105728", 0, "80000000000000000000000000000000"},
        {"170141183460469231731687303715884105728", 0, "0080000000000000000000000000000000"},
        {"-170141183460469231731687303715884105729", 0, "ff7fffffffffffffffffffffffffffffff"},
        {"-340282366920938463463374607431768211456", 0, "ff00000000000000000000000000000000"},
    }));
    CAPTURE(text);
    CHECK(unscaled(text, scale) == bytes);
}

TEST_CASE("a scale far beyond the digits appends zeros", "[postgres][types]") {
    CHECK(unscaled("1", 39) == "02f050fe938943acc45f65568000000000");
    CHECK(unscaled("0", 2046) == "00");
    CHECK(unscaled("1", 2046).size() == 2 * 850);
}

TEST_CASE("decimals beyond the scale are refused or rounded", "[postgres][types]") {
    CHECK_THROWS_AS(unscaled("1.555", 2), DataException);
    CHECK(unscaled("1.5500", 2) == "009b");
    const auto [text, bytes] = GENERATE(table<const char*, const char*>({{"0.004", "00"},
                                                                         {"0.005", "01"},
                                                                         {"-0.005", "ff"},
                                                                         {"0.995", "64"},
                                                                         {"99.994999", "270f"},
                                                                         {"99.995", "2710"}}));
    CAPTURE(text);
    CHECK(unscaled(text, 2, Rounding::HalfUp) == bytes);
}

TEST_CASE("the smallest scale is never negative", "[postgres][types]") {
    const auto [text, scale, bytes] = GENERATE(table<const char*, int, const char*>(
        {{"123.4500", 2, "3039"}, {"1000", 0, "03e8"}, {"0.000", 0, "00"}, {"-0.000000000000000000000001", 24, "ff"}}));
    Arena arena;
    const auto number = smallest_scale(text, arena);
    CHECK(number.scale == scale);
    CHECK(hex(number.unscaled) == bytes);
}

TEST_CASE("text takes the decimals of its column", "[postgres][types]") {
    Arena arena;
    CHECK(with_scale("1.50", 2, arena) == "1.50");
    CHECK(with_scale("100", 4, arena) == "100.0000");
    CHECK(with_scale("1.5", 3, arena) == "1.500");
    CHECK(with_scale("1.500", 1, arena) == "1.5");
    CHECK(with_scale("1.000", 0, arena) == "1");
    CHECK_THROWS_AS(with_scale("1.55", 1, arena), DataException);
}

TEST_CASE("money loses everything that is no number", "[postgres][types]") {
    const auto [text, plain] = GENERATE(table<const char*, const char*>({
        {"$1,234.50", "1234.50"},
        {"-$92,233,720,368,547,758.08", "-92233720368547758.08"},
        {"($0.01)", "-0.01"},
        {"€3", "3"},
        {"5.00", "5.00"},
        {"$.5", ".5"},
    }));
    Arena arena;
    CHECK(plain_money(text, arena) == plain);
    CHECK_THROWS_AS(plain_money("1.234,50 €", arena), DataException);
    CHECK_THROWS_AS(plain_money("", arena), DataException);
    CHECK_THROWS_AS(plain_money("($1", arena), DataException);
}

TEST_CASE("what is no number is refused", "[postgres][types]") {
    const auto* text = GENERATE("", "-", ".", "1e5", "NaN", "1 ", "1.2.3", "0x1", "--1");
    CAPTURE(text);
    CHECK_THROWS_AS(unscaled(text, 0), DataException);
}
