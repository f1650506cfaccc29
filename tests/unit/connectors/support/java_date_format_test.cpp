#include "connectors/support/java_date_format.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

#include <stdexcept>

namespace millrace {

namespace {

std::string written(std::string_view pattern, std::int64_t ms) {
    std::string out;
    JavaDateFormat(pattern).append(out, ms);
    return out;
}
std::optional<std::int64_t> read(std::string_view pattern, std::string_view text) {
    return JavaDateFormat(pattern).parse(text);
}

constexpr std::int64_t leap_day = 1'582'934'645'678;  // 2020-02-29T00:04:05.678Z

}

TEST_CASE("moments of one period have one text") {
    const auto [pattern, period] = GENERATE(table<std::string, std::int64_t>({
        {"yyyy-MM-dd", 86'400'000},
        {"'S'yyyy", 86'400'000},
        {"yyyyMMdd hh a", 3'600'000},
        {"HH:mm", 60'000},
        {"HH:mm:ss", 1000},
        {"ss.SSS", 1},
    }));
    CHECK(JavaDateFormat(pattern).period_ms() == period);
    const auto begin = leap_day / period * period;
    CHECK(written(pattern, begin) == written(pattern, begin + period - 1));
}

TEST_CASE("dates are written as SimpleDateFormat writes them") {
    const auto [pattern, text] = GENERATE(table<std::string, std::string>({
        {"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2020-02-29T00:04:05.678Z"},
        {"yy M d H m s S", "20 2 29 0 4 5 678"},
        {"EEE, EEEE, MMM, MMMM", "Sat, Saturday, Feb, February"},
        {"D k K h a", "60 24 0 12 AM"},
        {"SSSSSS", "000678"},
        {"YYYY w W F u", "2020 9 5 5 6"},
        {"G z zzzz Z X", "AD UTC Coordinated Universal Time +0000 Z"},
        {"'o''clock' ''", "o'clock '"},
    }));
    CHECK(written(pattern, leap_day) == text);
}

TEST_CASE("the last days of a year are in the first week of the next") {
    CHECK(written("YYYY-ww", 1'703'980'800'000) == "2024-01");  // 2023-12-31
}

TEST_CASE("times are read as leniently as Java reads them") {
    const auto [pattern, text, ms] = GENERATE(table<std::string, std::string, std::int64_t>({
        {"yyyy-MM-dd", "2020-02-30", 1'583'020'800'000},
        {"yyyy-MM-dd", "2020-01-02xyz", 1'577'923'200'000},
        {"yyyyMMdd", "20200102", 1'577'923'200'000},
        {"HH:mm", "25:61", 93'660'000},
        {"yyyy-MM-dd HH:mm:ss.SSS", "1970-01-01 00:00:00.6", 6},
        {"dd MMM yyyy", "1 feb 1970", 2'678'400'000},
        {"yyyy-MM-dd HH:mm XXX", "1970-01-01 02:00 +02:00", 0},
        {"hh a", "12 AM", 0},
        {"D/yyyy", "60/2020", 1'582'934'400'000},
        {"yyyy HH:mm z", "1970 01:00 GMT+01:00", 0},
    }));
    CHECK(read(pattern, text) == ms);
}

TEST_CASE("what does not fit the pattern is no time") {
    CHECK(read("yyyy-MM-dd", "nope") == std::nullopt);
    CHECK(read("HH:mm X", "10:00") == std::nullopt);
    CHECK_THROWS_AS(read("YYYY-ww", "2020-01"), DataException);
}

TEST_CASE("patterns that are none") {
    CHECK_THROWS_WITH(JavaDateFormat("bad"), "Illegal pattern character 'b'");
    CHECK_THROWS_WITH(JavaDateFormat("'open"), "Unterminated quote");
    CHECK_THROWS_WITH(JavaDateFormat("XXXX"), "invalid ISO 8601 format: length=4");
}

}
