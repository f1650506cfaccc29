/// Days since 1970-01-01 and dates, for years far beyond those of std::chrono: of the proleptic Gregorian calendar, and
/// of the one that java.util.GregorianCalendar has, which is Julian up to 4 October 1582.
///
/// Facts   400 years have 146,097 days, 4 Julian years 1461; a year that starts on 1 March ends with its leap day.
#pragma once
#include <cstdint>

namespace millrace {

struct CivilDate {
    std::int64_t year;  ///< 0 is 1 BC
    int month;          ///< 1 to 12
    int day;            ///< 1 to 31
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

constexpr std::int64_t days_from_julian(std::int64_t year, int month, int day) noexcept {
    year -= month <= 2 ? 1 : 0;
    const auto leap_cycle = (year >= 0 ? year : year - 3) / 4;
    const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return leap_cycle * 1461 + (year - leap_cycle * 4) * 365 + day_of_year - 719'470;
}

constexpr CivilDate julian_from_days(std::int64_t days) noexcept {
    days += 719'470;
    const auto leap_cycle = (days >= 0 ? days : days - 1460) / 1461;
    const auto day_of_cycle = days - leap_cycle * 1461;
    const auto year_of_cycle = (day_of_cycle - day_of_cycle / 1460) / 365;
    const auto day_of_year = day_of_cycle - 365 * year_of_cycle;
    const auto part = (5 * day_of_year + 2) / 153;
    const auto month = static_cast<int>(part < 10 ? part + 3 : part - 9);
    return {.year = year_of_cycle + leap_cycle * 4 + (month <= 2 ? 1 : 0),
            .month = month,
            .day = static_cast<int>(day_of_year - (153 * part + 2) / 5 + 1)};
}

inline constexpr std::int64_t first_gregorian_year = 1582;     ///< in part
inline constexpr std::int64_t first_gregorian_day = -141'427;  ///< 15 October, behind 4 October

constexpr CivilDate java_date_from_days(std::int64_t days) noexcept {
    return days >= first_gregorian_day ? civil_from_days(days) : julian_from_days(days);
}

/// The day on which a year of that calendar begins.
constexpr std::int64_t java_new_year(std::int64_t year) noexcept {
    return year > first_gregorian_year ? days_from_civil(year, 1, 1) : days_from_julian(year, 1, 1);
}

/// As it is written behind BC and AD: from 1 on.
constexpr std::int64_t year_of_era(std::int64_t year) noexcept { return year > 0 ? year : 1 - year; }

}
