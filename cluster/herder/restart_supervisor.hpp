/// Decides when what has failed is started again. Pure but for its memory of failures; belongs to the control thread.
#pragma once
#include "worker/config/restart_policy.hpp"
#include "worker/metrics/page.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace millrace::cluster {

/// A connector, or one of its tasks.
struct Supervised {
    std::string connector;
    std::optional<int> task = {};
    auto operator<=>(const Supervised&) const = default;
};

class RestartSupervisor {
public:
    using Time = std::chrono::steady_clock::time_point;

    struct Decision {
        std::optional<std::chrono::milliseconds> wait = {};  ///< none: it stays failed
        std::string sentence = {};                           ///< for its status; empty if the policy is off
    };
    /// `permanent`: the failure does not pass by itself.
    Decision on_failure(const Supervised& what, const worker::RestartPolicy& policy, bool permanent, Time now);
    void on_running(const Supervised& what, Time now);
    /// Somebody has restarted or reconfigured it, or it runs elsewhere.
    void forget(const std::string& connector);
    void restarted(const Supervised& what);
    void collect(worker::MetricsPage& page) const;

private:
    struct History {
        int failures = 0;  ///< in a row
        std::optional<Time> running_since = {};
        std::uint64_t restarts = 0;
    };
    std::map<Supervised, History> histories_;
};

}
