/// Tells how snapshots go: as records of notification.sink.topic.name, as lines of the log and as HTTP requests.
///
/// Facts   Debezium 3.7, "Receiving notifications from a Debezium connector".
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/postgres/source/batch_builder.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/http_notifications.hpp"
#include "connectors/postgres/source/source_metrics.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::postgres {

namespace aggregate {
inline constexpr std::string_view initial = "Initial Snapshot";
inline constexpr std::string_view incremental = "Incremental Snapshot";
}

struct Notification {
    std::string_view aggregate = aggregate::initial;
    std::string_view type = {};
    std::string id = {};  ///< of the signal; empty: one is made up
    std::vector<std::pair<std::string, std::string>> data = {};
};

class Notifier {
public:
    /// `clock` gives nanoseconds since 1970. `config` outlives the notifier.
    Notifier(const SourceConfig& config, std::int64_t (*clock)(), Logger logger);

    /// Snapshots are told there too; outlives the notifier.
    void tell(SourceMetrics& metrics) noexcept { metrics_ = &metrics; }
    /// The record goes with this offset; with none while there is none yet.
    void send(Notification notification, const OffsetState* offset, BatchBuilder& batch) const;

private:
    const SourceConfig& config_;
    std::int64_t (*clock_)();
    Logger logger_;
    std::unique_ptr<HttpNotifications> http_;  ///< null: the channel is off
    SourceMetrics* metrics_ = nullptr;
};

/// A UUID of version 4.
std::string random_uuid();

}
