/// Days since 1970-01-01 and dates of the proleptic Gregorian calendar, for years far beyond those of std::chrono.
///
/// Facts   400 years have 146,097 days; a year that starts on 1 March ends with its leap day.
#pragma once
#include <cstdint>

namespace millrace {

struct CivilDate {
    std::int64_t year;
    int month;  ///< 1 to 12
    int day;    ///< 1 to 31
};

constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day) noexcept {
    year -= month <= 2 ? 1 : 0;
    const auto era = (year >= 0 ? year : year - 399) / 400;
    const auto year_of_era = year - era * 400;
    const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

constexpr CivilDate civil_from_days(std::int64_t days) noexcept {
    days += 719'468;
    const auto era = (days >= 0 ? days : days - 146'096) / 146'097;
    const auto day_of_era = days - era * 146'097;
    const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const auto part = (5 * day_of_year + 2) / 153;
    const auto month = static_cast<int>(part < 10 ? part + 3 : part - 9);
    return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
            .month = month,
            .day = static_cast<int>(day_of_year - (153 * part + 2) / 5 + 1)};
}

}
