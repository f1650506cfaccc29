/// English names of months and days, as date patterns write and read them.
#pragma once
#include <array>
#include <string_view>

namespace millrace {

/// Long names; the short ones are their first three letters.
inline constexpr std::array<std::string_view, 12> month_names{"January",   "February", "March",    "April",
                                                              "May",       "June",     "July",     "August",
                                                              "September", "October",  "November", "December"};
inline constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                           "Thursday", "Friday", "Saturday"};

}
