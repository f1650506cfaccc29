#include "cluster/herder/stage.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::cluster {

void StageLog::begin(std::string description, Time now) {
    description_ = std::move(description);
    began_ = now;
    completed_.reset();
}

void StageLog::complete(Time now) { completed_ = now; }

std::string StageLog::sentence() const {
    if (description_.empty()) return {};
    if (!completed_)
        return fmt::format("The worker is currently {}, which began at {}.", description_, iso_instant(began_));
    return fmt::format("The last operation the worker completed was {}, which began at {} and completed at {}.",
                       description_, iso_instant(began_), iso_instant(*completed_));
}

std::string iso_instant(StageLog::Time time) {
    using namespace std::chrono;
    const auto ms = floor<milliseconds>(time);
    const auto day = floor<days>(ms);
    const year_month_day date(day);
    const hh_mm_ss clock(ms - day);
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                            clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
    return text += 'Z';
}

}
