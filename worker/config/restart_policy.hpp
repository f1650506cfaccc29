/// Whether and when what has failed is started again: millrace.restart.*, of the worker and of a connector, which
/// overrides it.
#pragma once
#include "connectors/api/config_def.hpp"

#include <chrono>
#include <span>

namespace millrace::worker {

struct RestartPolicy {
    bool enabled = false;
    std::chrono::milliseconds backoff{10'000};  ///< before the first restart; doubles with each that follows
    std::chrono::milliseconds backoff_max{600'000};
    int attempts = -1;                               ///< in a row; -1: no end
    int permanent_attempts = 1;                      ///< in a row, for what does not pass by itself; -1: no end
    std::chrono::milliseconds reset_after{600'000};  ///< running for so long forgets what failed before
};

/// The keys of a worker, with their defaults.
std::span<const ConfigKey> worker_restart_keys() noexcept;
/// The same for a connector, without defaults, and Aiven's name for the first.
std::span<const ConfigKey> connector_restart_keys() noexcept;

/// `worker`: the worker's settings. What does not parse counts as not given.
RestartPolicy restart_policy(const Settings& connector, const Config& worker);

}
