/// Rates, means and maxima of what was recorded lately: over a number of windows, the oldest of which falls out when it
/// is over. Belongs to one thread at a time.
///
/// Facts   Kafka, SampledStat, Rate and Frequencies: metrics.num.samples windows of metrics.sample.window.ms; a sample
///         counts until its last value is older than all windows together, so it may reach back beyond them.
#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

namespace millrace::worker {

struct Sampling {
    std::chrono::milliseconds window{30'000};
    int samples = 2;
};

class SampledStat {
public:
    using Clock = std::chrono::steady_clock;

    explicit SampledStat(Sampling sampling) : sampling_(sampling) {}

    void record(double value, Clock::time_point now);
    double avg(Clock::time_point now) const noexcept;   ///< NaN if nothing was recorded lately
    double min(Clock::time_point now) const noexcept;   ///< NaN if nothing was recorded lately
    double max(Clock::time_point now) const noexcept;   ///< NaN if nothing was recorded lately
    double rate(Clock::time_point now) const noexcept;  ///< the sum a second
    /// How many of the values recorded lately are this one, from 0 to 1, where only 0 and 1 are recorded; 0 if nothing
    /// was.
    double share_of(bool value, Clock::time_point now) const noexcept;
    std::uint64_t count() const noexcept { return count_; }  ///< of all time
    double total() const noexcept { return total_; }         ///< of all time

private:
    struct Sample {
        Clock::time_point begin;
        Clock::time_point last;  ///< of its latest value
        double sum = 0;
        double min = 0;
        double max = 0;
        std::uint64_t count = 0;
    };
    bool counts(const Sample& sample, Clock::time_point now) const noexcept;

    Sampling sampling_;
    std::vector<Sample> samples_;  ///< oldest first, at most sampling_.samples + 1
    std::uint64_t count_ = 0;
    double total_ = 0;
};

}
