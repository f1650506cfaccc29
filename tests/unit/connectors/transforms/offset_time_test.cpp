#include "connectors/transforms/debezium/offset_time.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/transforms/debezium/zone.hpp"
#include "tests/pch.hpp"

namespace millrace::transforms {

TEST_CASE("times with an offset are moved to another") {
    const auto [text, offset, expected] = GENERATE(table<std::string, std::int64_t, std::string>({
        {"2020-07-01T10:11:12.5Z", 7200, "2020-07-01T12:11:12.5+02:00"},
        {"2020-01-01T00:30:00+01:00", 0, "2019-12-31T23:30:00Z"},
        {"23:30:00Z", 3600, "00:30:00+01:00"},
        {"03:04:05.000001+05:30", -18000, "16:34:05.000001-05:00"},
        {"-0044-03-15T12:00:00Z", 0, "-0044-03-15T12:00:00Z"},
        {"+12020-01-01T12:00Z", 0, "+12020-01-01T12:00:00Z"},
    }));
    const auto time = OffsetTime::parse(text);
    REQUIRE(time);
    std::string out;
    time->at_offset(offset).append(out);
    CHECK(out == expected);
}

TEST_CASE("what is no time with an offset") {
    const auto* text = GENERATE("", "2020-01-01", "2020-01-01T00:00:00", "10:00:00", "10:00:00Zx", "1:00:00Z");
    CHECK(!OffsetTime::parse(text));
}

TEST_CASE("zones know their offsets") {
    const Zone berlin("Europe/Berlin");
    CHECK(berlin.offset_at(1'577'836'800) == 3600);        // 2020-01-01
    CHECK(berlin.offset_at(1'593'561'600) == 7200);        // 2020-07-01
    CHECK(berlin.offset_at_local(1'616'898'600) == 3600);  // 2021-03-28 02:30, which clocks there never showed
    CHECK(berlin.offset_at_local(1'635'647'400) == 7200);  // 2021-10-31 02:30, which they showed twice
    CHECK(berlin.offset_at(2'540'160'000) == 7200);        // 2050-06-30
    CHECK(Zone("-03:30").offset_at(0) == -12'600);
    CHECK(Zone().offset_at(0) == 0);
    CHECK_THROWS_AS(Zone("Nowhere/Town"), ConfigException);
}

}
