/// Decides when what has failed is started again. Pure but for its memory of failures; belongs to the control thread.
#pragma once
#include "worker/config/restart_policy.hpp"
#include "worker/metrics/page.hpp"
#include "worker/runtime/stores.hpp"

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
    /// Takes in a new status, which then says what comes of a failure. How long to wait before the restart; none:
    /// there is none. `connector` is its configuration; null: it has been deleted.
    std::optional<std::chrono::milliseconds> on_status(const Supervised& what, worker::StatusListener::Status& status,
                                                       const Settings* connector, const Config& worker, Time now);
    /// `permanent`: the failure does not pass by itself.
    Decision on_failure(const Supervised& what, const worker::RestartPolicy& policy, bool permanent, Time now);
    void on_running(const Supervised& what, Time now);
    /// Somebody has restarted or reconfigured it, or it runs elsewhere.
    void forget(const std::string& connector);
    void restarted(const Supervised& what);
    /// How often it has failed under its policy: another number tells that a restart which waits belongs to an earlier
    /// failure.
    std::uint64_t failures(const Supervised& what) const;
    void collect(worker::MetricsPage& page) const;

private:
    struct History {
        int failures = 0;  ///< in a row
        std::uint64_t all_failures = 0;
        std::optional<Time> running_since = {};
        std::uint64_t restarts = 0;
    };
    std::map<Supervised, History> histories_;
};

}
