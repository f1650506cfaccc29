/// What the herder is doing: the sentence that a request which timed out ends with.
#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace millrace::cluster {

class StageLog {
public:
    using Time = std::chrono::system_clock::time_point;
    void begin(std::string description, Time now);
    void complete(Time now);
    /// "The worker is currently X, which began at T." or "The last operation the worker completed was X, which began at
    /// T1 and completed at T2."; "" before the first stage.
    std::string sentence() const;

private:
    std::string description_;
    Time began_;
    std::optional<Time> completed_;
};

/// ISO-8601 in UTC with milliseconds, the fraction dropped when zero.
std::string iso_instant(StageLog::Time time);

}
