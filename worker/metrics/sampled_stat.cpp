#include "worker/metrics/sampled_stat.hpp"

#include <algorithm>
#include <limits>

namespace millrace::worker {

namespace {
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
}

bool SampledStat::counts(const Sample& sample, Clock::time_point now) const noexcept {
    return sample.count > 0 && now - sample.begin < sampling_.window * sampling_.samples;
}

void SampledStat::record(double value, Clock::time_point now) {
    if (samples_.empty() || now - samples_.back().begin >= sampling_.window) {
        if (samples_.size() == static_cast<std::size_t>(sampling_.samples)) samples_.erase(samples_.begin());
        samples_.push_back({.begin = now, .min = value, .max = value});
    }
    auto& last = samples_.back();
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
    // All windows but the newest count as complete, so that the first records of a task are no peak.
    auto time = Seconds(sampling_.window * std::max(sampling_.samples - 1, 1));
    for (const auto& sample : samples_) {
        if (!counts(sample, now)) continue;
        sum += sample.sum;
        time = std::max(time, Seconds(now - sample.begin));
    }
    return sum / time.count();
}

}
