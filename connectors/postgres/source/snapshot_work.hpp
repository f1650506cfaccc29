/// What snapshots of either kind, initial and incremental, work with.
#pragma once
#include "connectors/postgres/source/notifications.hpp"
#include "connectors/postgres/source/record_factory.hpp"
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
    };

protected:
    explicit SnapshotWork(const Parts& parts)
        : config_(parts.config),
          tables_(parts.tables),
          records_(parts.records),
          connection_(parts.connection),
          notifier_(parts.notifier),
          logger_(parts.logger) {}
    ~SnapshotWork() = default;

    const SourceConfig& config_;
    TableCache& tables_;
    const RecordFactory& records_;
    Connection& connection_;
    const Notifier& notifier_;
    const Logger& logger_;
};

}
