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

TEST_CASE("the calendar is Julian up to 4 October 1582, as Java's is") {
    const auto [ms, text] = GENERATE(table<std::int64_t, std::string>({
        {-12'219'292'800'000, "AD 1582-10-15 278 Fri 5 1 40 1 1582"},
        {-12'219'379'200'000, "AD 1582-10-04 277 Thu 4 1 40 1 1582"},
        {-12'218'428'800'000, "AD 1582-10-25 288 Mon 1 3 42 3 1582"},
        {-12'217'392'000'000, "AD 1582-11-06 300 Sat 6 1 43 1 1582"},
        {-12'212'640'000'000, "AD 1582-12-31 355 Fri 5 5 1 5 1583"},
        {-62'135'769'600'000, "AD 0001-01-01 1 Sat 6 1 1 1 0001"},
        {-62'135'856'000'000, "BC 0001-12-31 366 Fri 5 5 1 5 0001"},
        {-62'198'755'200'000, "BC 0002-01-03 3 Fri 5 1 1 1 -0001"},
        {-864'000'000'000'000, "BC 25410-06-17 168 Mon 1 3 25 4 -25409"},
    }));
    CHECK(written("G yyyy-MM-dd D E u F w W YYYY", ms) == text);
}

TEST_CASE("there is room for the sign of a year that fills a long item") {
    const JavaDateFormat format(std::string(30, 'Y'));
    std::vector<char> text(format.most_bytes());
    const auto* end = format.write(text.data(), -62'198'755'200'000);
    REQUIRE(end <= text.data() + text.size());
    CHECK(std::string_view(text.data(), end) == "-" + std::string(29, '0') + "1");
}

TEST_CASE("dates of the Julian calendar are read, and those that were left out") {
    const auto [pattern, text, ms] = GENERATE(table<std::string, std::string, std::int64_t>({
        {"yyyy-MM-dd", "1582-10-04", -12'219'379'200'000},
        {"yyyy-MM-dd", "1582-10-05", -12'219'292'800'000},
        {"yyyy-MM-dd", "1582-10-14", -12'218'515'200'000},
        {"yyyy-MM-dd", "1582-10-15", -12'219'292'800'000},
        {"yyyy-MM-dd", "1500-02-29", -14'825'894'400'000},
        {"yyyy-MM-dd", "0000-01-01", -62'167'392'000'000},
        {"G yyyy-MM-dd", "BC 0044-03-15", -63'517'996'800'000},
        {"yyyy-MM-dd HH:mm", "1582-10-14 24:00", -12'219'292'800'000},
        {"yyyy-MM-dd Z", "1582-10-15 +0500", -12'219'310'800'000},
        {"yyyy-MM-dd", "1583-01--100", -12'220'416'000'000},
        {"yyyy-MM-dd", "1581-14-20", -12'238'905'600'000},
        {"yyyy D", "1582 300", -12'217'392'000'000},
        {"yyyy D", "1583 -80", -12'218'688'000'000},
        {"yyyy-MM-dd", "2000-01--800000", -68'172'278'400'000},
    }));
    CHECK(read(pattern, text) == ms);
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
        {"HH:mm a", "16:05 PM", 57'900'000},
        {"HH:mm a", "04:05 PM", 14'700'000},
        {"hh:mm a HH", "04:05 PM 3", 11'100'000},
        {"HH hh:mm a", "3 04:05 PM", 57'900'000},
        {"HH hh", "3 4", 10'800'000},
        {"EEE", "Fri", 86'400'000},
        {"EEEE MMMM yyyy", "Monday February 2020", 1'580'688'000'000},
        {"u MM", "7 02", 2'678'400'000},
        {"EEE dd", "Fri 07", 518'400'000},
        {"D MM", "60 13", 5'097'600'000},
        {"yyyyMMdd", "2020 1 2", 1'577'923'200'000},
        {"yyyyMMdd", "20200 102", 1'583'884'800'000},
    }));
    CHECK(read(pattern, text) == ms);
}

TEST_CASE("what does not fit the pattern is no time") {
    CHECK(read("yyyy-MM-dd", "nope") == std::nullopt);
    CHECK(read("HH:mm X", "10:00") == std::nullopt);
    CHECK(read("h:mm a", "4:05  PM") == std::nullopt);
    CHECK(read("HH z", "10 UT") == std::nullopt);
    CHECK(read("HH z", "10  UTC") == std::nullopt);
    CHECK_THROWS_AS(read("YYYY-ww", "2020-01"), DataException);
}

TEST_CASE("patterns that are none") {
    CHECK_THROWS_WITH(JavaDateFormat("bad"), "Illegal pattern character 'b'");
    CHECK_THROWS_WITH(JavaDateFormat("'open"), "Unterminated quote");
    CHECK_THROWS_WITH(JavaDateFormat("XXXX"), "invalid ISO 8601 format: length=4");
}

}
