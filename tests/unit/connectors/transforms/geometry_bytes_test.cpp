#include "connectors/transforms/debezium/geometry_bytes.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"

namespace millrace::transforms {

namespace {

constexpr std::string_view one = "3ff0000000000000";
constexpr std::string_view two = "4000000000000000";
constexpr std::string_view three = "4008000000000000";
constexpr std::string_view little_one = "000000000000f03f";
constexpr std::string_view little_two = "0000000000000040";

std::string bytes_of(const std::string& hex) { return from_hex(hex).value(); }

std::string swapped(const std::string& hex) {
    Arena arena;
    return to_hex(with_swapped_coordinates(bytes_of(hex), arena));
}

}

TEST_CASE("an SRID goes into a geometry and out of it") {
    Arena arena;
    const auto plain = fmt::format("0101000000{}{}", little_one, little_two);
    const auto extended = fmt::format("0101000020e6100000{}{}", little_one, little_two);
    CHECK(to_hex(with_srid(bytes_of(plain), 4326, arena)) == extended);
    CHECK(to_hex(without_srid(bytes_of(extended), arena)) == plain);
    CHECK(is_extended_geometry(bytes_of(extended)));
    CHECK_FALSE(is_extended_geometry(bytes_of(plain)));
    CHECK_FALSE(is_extended_geometry("abc"));
}

TEST_CASE("coordinates change places in every kind of geometry") {
    CHECK(swapped(fmt::format("0000000001{}{}", one, two)) == fmt::format("0000000001{}{}", two, one));
    CHECK(swapped(fmt::format("0080000001{}{}{}", one, two, three)) ==
          fmt::format("0080000001{}{}{}", two, one, three));
    CHECK(swapped(fmt::format("0000000003000000010000000{}{}{}{}{}", 2, one, two, two, three)) ==
          fmt::format("0000000003000000010000000{}{}{}{}{}", 2, two, one, three, two));
    // A part may have another byte order than the whole.
    CHECK(swapped(fmt::format("0000000004000000010101000000{}{}", little_one, little_two)) ==
          fmt::format("0000000004000000010101000000{}{}", little_two, little_one));
    CHECK(swapped(fmt::format("0020000007000010e6000000010000000002000000{}{}{}", "01", one, two)) ==
          fmt::format("0020000007000010e6000000010000000002000000{}{}{}", "01", two, one));
    CHECK(swapped(fmt::format("0000000001{}{}ffff", one, two)) == fmt::format("0000000001{}{}", two, one));
}

TEST_CASE("bytes that are no geometry are refused") {
    const auto [hex, reason] = GENERATE(table<std::string, std::string>({
        {"", "geometry: byte order needs 1 bytes, 0 are left (offset 0)"},
        {"0000000009", "geometry: type is unknown (offset 5)"},
        {"00000000020000ffff", "geometry: point needs 16 bytes, 0 are left (offset 9)"},
    }));
    CHECK_THROWS_WITH(swapped(hex), reason);
    std::string nested;
    for (int i = 0; i < 102; ++i) nested += "000000000700000001";
    CHECK_THROWS_WITH(swapped(nested), Catch::Contains("is nested too deep"));
}

}
