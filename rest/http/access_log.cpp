#include "rest/http/access_log.hpp"

#include <fmt/core.h>

#include <array>

namespace millrace::rest {

namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct Calendar {
    std::chrono::year_month_day date;
    std::string_view month;
    std::string_view weekday;
    std::string time;
};

Calendar calendar_of(std::chrono::system_clock::time_point when) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{seconds - day};
    return {.date = date,
            .month = months.at(static_cast<unsigned>(date.month()) - 1),
            .weekday = weekdays.at(std::chrono::weekday{day}.c_encoding()),
            .time = fmt::format("{:02}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(),
                                clock.seconds().count())};
}

std::string escaped(const std::string* text) {
    std::string out;
    if (text == nullptr) return out;
    for (const char c : *text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out;
}

}

std::string access_log_line(const Request& request, int status, std::size_t body_bytes,
                            std::chrono::system_clock::time_point began, std::chrono::milliseconds took) {
    const auto at = calendar_of(began);
    return fmt::format(R"({} - - [{:02}/{}/{}:{} +0000] "{} {} HTTP/1.1" {} {} "{}" "{}" {})", request.client,
                       static_cast<unsigned>(at.date.day()), at.month, static_cast<int>(at.date.year()), at.time,
                       escaped(&request.method), escaped(&request.target), status, body_bytes,
                       escaped(request.headers.find("Referer")), escaped(request.headers.find("User-Agent")),
                       took.count());
}

std::string http_date(std::chrono::system_clock::time_point when) {
    const auto at = calendar_of(when);
    return fmt::format("{}, {:02} {} {} {} GMT", at.weekday, static_cast<unsigned>(at.date.day()), at.month,
                       static_cast<int>(at.date.year()), at.time);
}

}
