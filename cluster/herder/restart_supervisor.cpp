#include "cluster/herder/restart_supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::cluster {

namespace {

using std::chrono::milliseconds;

constexpr int most_doublings = 30;

milliseconds wait_before(int restart, const worker::RestartPolicy& policy) {
    const auto doublings = std::clamp(restart - 1, 0, most_doublings);
    const auto longest = std::max(policy.backoff, policy.backoff_max);
    if (policy.backoff > longest / (std::int64_t{1} << doublings)) return longest;
    return policy.backoff * (std::int64_t{1} << doublings);
}

}

std::optional<milliseconds> RestartSupervisor::on_status(const Supervised& what, worker::StatusListener::Status& status,
                                                         const Settings* connector, const Config& worker, Time now) {
    if (status.state == worker::State::Running) on_running(what, now);
    if (status.state != worker::State::Failed || connector == nullptr) return std::nullopt;
    const auto decision = on_failure(what, worker::restart_policy(*connector, worker), status.permanent, now);
    if (!decision.sentence.empty()) status.trace += "\n" + decision.sentence;
    return decision.wait;
}

RestartSupervisor::Decision RestartSupervisor::on_failure(const Supervised& what, const worker::RestartPolicy& policy,
                                                          bool permanent, Time now) {
    if (!policy.enabled) return {};
    auto& history = histories_[what];
    if (history.running_since && now - *history.running_since >= policy.reset_after) history.failures = 0;
    history.running_since.reset();
    ++history.all_failures;
    const int limit = permanent ? policy.permanent_attempts : policy.attempts;
    if (limit >= 0 && history.failures >= limit) {
        const auto* reason = permanent ? "such a failure does not pass by itself: remedy its cause, then restart it"
                                       : "that is as often as millrace.restart.max.attempts allows";
        return {.sentence = fmt::format("Not restarted automatically after {} restarts in a row; {}.", history.failures,
                                        reason)};
    }
    const auto wait = wait_before(++history.failures, policy);
    return {.wait = wait,
            .sentence = fmt::format("Restarted automatically in {} ms, restart {}{} in a row.", wait.count(),
                                    history.failures, limit >= 0 ? fmt::format(" of {}", limit) : "")};
}

void RestartSupervisor::on_running(const Supervised& what, Time now) {
    if (const auto found = histories_.find(what); found != histories_.end()) found->second.running_since = now;
}

void RestartSupervisor::forget(const std::string& connector) {
    for (auto& [what, history] : histories_) {
        if (what.connector == connector) history.failures = 0;
    }
}

void RestartSupervisor::restarted(const Supervised& what) { ++histories_[what].restarts; }

std::uint64_t RestartSupervisor::failures(const Supervised& what) const {
    const auto found = histories_.find(what);
    return found == histories_.end() ? 0 : found->second.all_failures;
}

void RestartSupervisor::collect(worker::MetricsPage& page) const {
    for (const auto& [what, history] : histories_) {
        const auto task = what.task ? std::to_string(*what.task) : std::string();
        const MetricLabel labels[] = {{"connector", what.connector}, {"task", task}};
        page.write(worker::own_metrics::restarts, static_cast<double>(history.restarts), labels);
    }
}

}
