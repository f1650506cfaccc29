#include "connectors/support/java_number.hpp"

#include "tests/pch.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>

namespace millrace {

TEST_CASE("doubles are written as Java writes them", "[numbers]") {
    const auto [value, expected] = GENERATE(table<double, std::string>({
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {100.0, "100.0"},
        {0.1, "0.1"},
        {0.001, "0.001"},
        {0.002, "0.002"},
        {9.99e-4, "9.99E-4"},
        {1e-5, "1.0E-5"},
        {1e7, "1.0E7"},
        {9999999.0, "9999999.0"},
        {9999999.5, "9999999.5"},
        {12345678.0, "1.2345678E7"},
        {123456789.125, "1.23456789125E8"},
        {1e21, "1.0E21"},
        {1e22, "1.0E22"},
        {9007199254740993.0, "9.007199254740992E15"},
        {9223372036854775807.0, "9.223372036854776E18"},
        {3.141592653589793, "3.141592653589793"},
        {std::numeric_limits<double>::max(), "1.7976931348623157E308"},
        {std::numeric_limits<double>::min(), "2.2250738585072014E-308"},
        {std::numeric_limits<double>::denorm_min(), "4.9E-324"},
        {std::numeric_limits<double>::quiet_NaN(), "NaN"},
        {-std::numeric_limits<double>::infinity(), "-Infinity"},
        // More digits than needed, as Java before 19 has it.
        {1e23, "9.999999999999999E22"},
        {2e23, "1.9999999999999998E23"},
        {std::ldexp(1.0, -44), "5.6843418860808015E-14"},
        {2.2e-322, "2.2E-322"},
    }));
    std::string out;
    append_java_double(out, value);
    CHECK(out == expected);
}

TEST_CASE("floats are written as Java writes them", "[numbers]") {
    const auto [value, expected] = GENERATE(table<float, std::string>({
        {0.1f, "0.1"},
        {3.3f, "3.3"},
        {16777216.0f, "1.6777216E7"},
        {123456789.0f, "1.23456792E8"},
        {1e10f, "1.0E10"},
        {std::ldexp(1.0f, 83), "9.6714065E24"},
        {std::numeric_limits<float>::max(), "3.4028235E38"},
        {std::numeric_limits<float>::min(), "1.17549435E-38"},
        {std::numeric_limits<float>::denorm_min(), "1.4E-45"},
        {std::numeric_limits<float>::infinity(), "Infinity"},
    }));
    std::string out;
    append_java_float(out, value);
    CHECK(out == expected);
}

TEST_CASE("what is written reads back as the same number", "[numbers]") {
    std::mt19937_64 random(20261121);
    for (int i = 0; i < 20000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        std::string out;
        append_java_double(out, value);
        REQUIRE(std::strtod(out.c_str(), nullptr) == value);
        const auto single = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!std::isfinite(single)) continue;
        out.clear();
        append_java_float(out, single);
        REQUIRE(std::strtof(out.c_str(), nullptr) == single);
    }
}

}
