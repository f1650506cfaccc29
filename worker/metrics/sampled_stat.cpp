#include "worker/metrics/sampled_stat.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::worker {

namespace {
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
}

bool SampledStat::counts(const Sample& sample, Clock::time_point now) const noexcept {
    return sample.count > 0 && now - sample.last < sampling_.window * sampling_.samples;
}

void SampledStat::record(double value, Clock::time_point now) {
    if (samples_.empty() || now - samples_.back().begin >= sampling_.window) {
        if (samples_.size() > static_cast<std::size_t>(sampling_.samples)) samples_.erase(samples_.begin());
        samples_.push_back({.begin = now, .last = now, .min = value, .max = value});
    }
    auto& last = samples_.back();
    last.last = now;
    last.sum += value;
    last.min = std::min(last.min, value);
    last.max = std::max(last.max, value);
    ++last.count;
    ++count_;
    total_ += value;
}

double SampledStat::avg(Clock::time_point now) const noexcept {
    double sum = 0;
    double count = 0;
    for (const auto& sample : samples_) {
        if (!counts(sample, now)) continue;
        sum += sample.sum;
        count += static_cast<double>(sample.count);
    }
    return count > 0 ? sum / count : nothing;
}

double SampledStat::min(Clock::time_point now) const noexcept {
    double least = nothing;
    for (const auto& sample : samples_) {
        if (counts(sample, now) && !(least <= sample.min)) least = sample.min;
    }
    return least;
}

double SampledStat::max(Clock::time_point now) const noexcept {
    double most = nothing;
    for (const auto& sample : samples_) {
        if (counts(sample, now) && !(most >= sample.max)) most = sample.max;
    }
    return most;
}

double SampledStat::rate(Clock::time_point now) const noexcept {
    using Seconds = std::chrono::duration<double>;
    double sum = 0;
    auto oldest = now;
    for (const auto& sample : samples_) {
        if (!counts(sample, now)) continue;
        sum += sample.sum;
        oldest = std::min(oldest, sample.begin);
    }
    Clock::duration time = now - oldest;
    // All windows but the newest count as complete, so that the first records of a task are no peak.
    const auto missing = sampling_.samples - 1 - time / sampling_.window;
    if (missing > 0) time += sampling_.window * missing;
    return sum / Seconds(std::max<Clock::duration>(time, std::chrono::milliseconds{1})).count();
}

double SampledStat::share_of(bool value, Clock::time_point now) const noexcept {
    const auto ones = avg(now);
    if (std::isnan(ones)) return 0;
    return value ? ones : 1 - ones;
}

}
