#include "connectors/api/java_integer.hpp"

#include "tests/pch.hpp"

#include <limits>

using namespace millrace;

TEST_CASE("whole numbers are read as Java reads them, in digits of any script", "[java_integer]") {
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    const auto [text, expected] = GENERATE(table<std::string, std::optional<std::int64_t>>({
        {"0", 0},
        {"-0", 0},
        {"+7", 7},
        {"-12", -12},
        {"2147483647", 2147483647},
        {"2147483648", std::nullopt},
        {"٠", 0},
        {"-٣٤", -34},
        {"१2３", 123},
        {"９", 9},
        {"𝟎", std::nullopt},
        {"½", std::nullopt},
        {"٪", std::nullopt},
        {"\xD9", std::nullopt},
        {"\xE0\xA5", std::nullopt},
        {"\xFF", std::nullopt},
        {"+-1", std::nullopt},
        {"", std::nullopt},
        {"1 ", std::nullopt},
        {"0x1", std::nullopt},
    }));
    CAPTURE(text);
    CHECK(parse_java_integer(text, -most, most) == expected);
}
