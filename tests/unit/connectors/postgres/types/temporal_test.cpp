#include "connectors/postgres/types/temporal.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

TEST_CASE("days since the epoch and back", "[postgres][types]") {
    const auto [text, days] = GENERATE(table<const char*, std::int64_t>({
        {"1970-01-01", 0},
        {"1969-12-31", -1},
        {"2000-02-29", 11016},
        {"2000-03-01", 11017},
        {"0001-01-01", -719162},
        {"0001-12-31 BC", -719163},
        {"0044-03-15 BC", -735160},
        {"4714-11-24 BC", -2440588},
        {"5874897-12-31", 2145042905},
    }));
    CAPTURE(text);
    const auto date = parse_date(text);
    CHECK(epoch_days(date) == days);
    const auto back = date_of_epoch_day(days);
    CHECK(back.year == date.year);
    CHECK(back.month == date.month);
    CHECK(back.day == date.day);
}

TEST_CASE("every day of four centuries is its neighbour's neighbour", "[postgres][types]") {
    std::vector<std::int64_t> wrong;
    for (std::int64_t day = -140'000; day < 20'000; ++day) {
        const auto date = date_of_epoch_day(day);
        if (epoch_days(date) != day || date.day < 1 || date.day > 31) wrong.push_back(day);
    }
    CHECK(wrong == std::vector<std::int64_t>{});
}

TEST_CASE("a Julian date is the day that bore it", "[postgres][types]") {
    CHECK(julian_epoch_days({.year = 1582, .month = 10, .day = 4}) ==
          epoch_days({.year = 1582, .month = 10, .day = 14}));
    CHECK(julian_epoch_days({.year = 1, .month = 1, .day = 1}) == epoch_days({.year = 0, .month = 12, .day = 30}));
    CHECK(julian_epoch_days({.year = -43, .month = 3, .day = 15}) == epoch_days({.year = -43, .month = 3, .day = 13}));
    CHECK(julian_epoch_days({.year = 1500, .month = 2, .day = 29}) ==
          epoch_days({.year = 1500, .month = 3, .day = 10}));
}

TEST_CASE("timestamps are taken to UTC", "[postgres][types]") {
    const auto [text, expected] = GENERATE(table<const char*, const char*>({
        {"2026-11-21 01:02:05+00", "2026-11-21T01:02:05Z"},
        {"2026-01-01 00:30:00+02", "2025-12-31T22:30:00Z"},
        {"2024-02-28 23:00:00.25-03:30", "2024-02-29T02:30:00.25Z"},
        {"0044-03-15 12:00:00+00 BC", "-0043-03-15T12:00:00Z"},
        {"0001-01-01 00:00:00+00 BC", "0000-01-01T00:00:00Z"},
        {"12345-06-07 08:09:10+00", "+12345-06-07T08:09:10Z"},
        {"1800-01-01 00:00:00+00:19:32", "1799-12-31T23:40:28Z"},
        {"2026-11-21 24:00:00+00", "2026-11-22T00:00:00Z"},
        {"2016-12-31 23:59:60+00", "2017-01-01T00:00:00Z"},
    }));
    CAPTURE(text);
    Arena arena;
    CHECK(format_timestamp(to_utc(parse_timestamp_with_zone(text)), shortest_fraction, arena) == expected);
}

TEST_CASE("a fraction has the digits that are asked for", "[postgres][types]") {
    Arena arena;
    const auto at = parse_timestamp("2026-11-21 01:02:05.120000");
    CHECK(format_timestamp(at, shortest_fraction, arena) == "2026-11-21T01:02:05.12Z");
    CHECK(format_timestamp(at, 6, arena) == "2026-11-21T01:02:05.120000Z");
    CHECK(format_timestamp(at, 1, arena) == "2026-11-21T01:02:05.1Z");
    CHECK(format_timestamp(at, 0, arena) == "2026-11-21T01:02:05Z");
}

TEST_CASE("what is no date or time is refused", "[postgres][types]") {
    const auto* date = GENERATE("", "2026", "2026-13-01", "2026-02-29", "2026-00-01", "2026-01-32", "26-01-01",
                                "2026-01-01 AD", "2026-01-01x", "Infinity", "0000-00-00");
    CAPTURE(date);
    CHECK_THROWS_AS(parse_date(date), DataException);
    CHECK_THROWS_AS(parse_timestamp(date), DataException);
    const auto* time =
        GENERATE("", "1", "25:00:00", "24:00:01", "12:60:00", "12:00:61", "12:00", "12:00:00.", "12:00:00.1234567");
    CAPTURE(time);
    CHECK_THROWS_AS(parse_time(time), DataException);
    CHECK_THROWS_AS(parse_time_with_zone(time), DataException);
}

TEST_CASE("intervals are read part by part", "[postgres][types]") {
    Arena arena;
    const auto [text, iso, micros] = GENERATE(table<const char*, const char*, std::int64_t>({
        {"00:00:00", "P0Y0M0DT0H0M0S", 0},
        {"1 year", "P1Y0M0DT0H0M0S", 31557600000000},
        {"3 years", "P3Y0M0DT0H0M0S", 94672800000000},
        {"1 mon", "P0Y1M0DT0H0M0S", 2629800000000},
        {"1 year 2 mons 3 days 04:05:06.78", "P1Y2M3DT4H5M6.78S", 37091106780000},
        {"-1 mons -1 days -01:00:00", "P0Y-1M-1DT-1H0M0S", -2719800000000},
        {"1 day -00:00:01", "P0Y0M1DT0H0M-1S", 86399000000},
        {"-1 years +5 days -00:00:00.000001", "P-1Y0M5DT0H0M-0.000001S", -31125600000001},
        {"178000 years", "P178000Y0M0DT0H0M0S", 5617252800000000000},
        {"1000000 days", "P0Y0M1000000DT0H0M0S", 86400000000000000},
    }));
    CAPTURE(text);
    CHECK(format_interval(parse_interval(text), arena) == iso);
    CHECK(interval_micros(parse_interval(text)) == micros);
}

TEST_CASE("what is no interval is refused", "[postgres][types]") {
    const auto* text = GENERATE("", "1", "1 week", "year", "1 year ", "1 day 1", "01:0:00", "99999999999 years",
                                "--1 days", "1 day x", "infinity");
    CAPTURE(text);
    CHECK_THROWS_AS(parse_interval(text), DataException);
}
