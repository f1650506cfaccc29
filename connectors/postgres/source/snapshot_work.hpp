/// What snapshots of either kind, initial and incremental, work with.
#pragma once
#include "connectors/postgres/source/notifications.hpp"
#include "connectors/postgres/source/record_factory.hpp"
#include "connectors/postgres/source/source_metrics.hpp"
#include "connectors/postgres/source/table_cache.hpp"

namespace millrace::postgres {

class SnapshotWork {
public:
    /// All of them outlive the snapshot.
    struct Parts {
        const SourceConfig& config;
        TableCache& tables;
        const RecordFactory& records;
        Connection& connection;
        const Notifier& notifier;
        const Logger& logger;
        SourceMetrics& metrics;
    };

protected:
    explicit SnapshotWork(const Parts& parts)
        : config_(parts.config),
          tables_(parts.tables),
          records_(parts.records),
          connection_(parts.connection),
          notifier_(parts.notifier),
          logger_(parts.logger),
          metrics_(parts.metrics) {}
    ~SnapshotWork() = default;

    bool fails_on_bad_rows() const noexcept { return config_.on_event_failure == FailureHandling::Fail; }
    /// A row of `table` is left out, as event.processing.failure.handling.mode says.
    void on_bad_row(std::string_view table, const DataException& why) const {
        metrics_.bad_row();
        if (config_.on_event_failure != FailureHandling::Warn) return;
        logger_.warn("A row of '{}' is left out of the snapshot: {}", table, why.what());
    }

    const SourceConfig& config_;
    TableCache& tables_;
    const RecordFactory& records_;
    Connection& connection_;
    const Notifier& notifier_;
    const Logger& logger_;
    SourceMetrics& metrics_;
};

}
