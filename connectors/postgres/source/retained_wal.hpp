/// Watches how much WAL the server keeps for a replication slot: a metric, and a warning when it becomes too much.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/postgres/source/source_metrics.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace millrace::postgres {

class Connection;

/// Whether to warn, having warned last at `warned` bytes (0: not yet, or it was less again): at `limit` (0: never) and
/// each time that it has doubled since. Pure.
bool retained_wal_is_news(std::int64_t bytes, std::int64_t limit, std::int64_t warned) noexcept;

/// What the server keeps for the slot, in bytes; none if there is no such slot, or it keeps nothing. Throws
/// DatabaseError.
std::optional<std::int64_t> read_retained_wal(Connection& connection, const std::string& slot);

class RetainedWal {
public:
    using Clock = std::chrono::steady_clock;
    struct Settings {
        std::string slot;
        std::chrono::milliseconds interval;
        std::int64_t warn_bytes;  ///< 0: no warning
    };
    RetainedWal(Settings settings, SourceMetrics& metrics, const Logger& logger)
        : settings_(std::move(settings)), metrics_(metrics), logger_(logger) {}

    /// Looks when it is time. A server that does not answer is not asked again.
    void tick(Connection& connection, Clock::time_point now);
    Clock::time_point next() const noexcept { return next_; }

private:
    void take(std::int64_t bytes);

    Settings settings_;
    SourceMetrics& metrics_;
    const Logger& logger_;
    Clock::time_point next_{};
    std::int64_t warned_bytes_ = 0;
};

}
