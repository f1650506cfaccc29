/// Carries out what users signal: each signal of each channel comes through handle().
///
/// A blocking snapshot is put down for the replication session, which takes it when the stream stands between two
/// transactions.
#pragma once
#include "connectors/postgres/source/incremental_snapshot.hpp"

#include <deque>

namespace millrace::postgres {

class Signals {
public:
    struct Parts {
        const SourceConfig& config;
        IncrementalSnapshot& incremental;
        const Logger& logger;
    };
    explicit Signals(const Parts& parts)
        : config_(parts.config), incremental_(parts.incremental), logger_(parts.logger) {}

    struct Blocking {
        std::string id;
        SnapshotRequest request;
    };

    /// What cannot be carried out is told in the log: a signal never ends a connector.
    void handle(const Signal& signal, const IncrementalSnapshot::Outgoing& out);
    /// A row of the signal table, watermarks of chunks included.
    void on_row(Tuple row, const IncrementalSnapshot::Outgoing& out);
    /// The second watermark of the strategy insert_delete.
    void on_delete(Tuple old_row, const IncrementalSnapshot::Outgoing& out);

    bool wants_blocking_snapshot() const noexcept { return !blocking_.empty(); }
    Blocking take_blocking_snapshot();

private:
    void act(const Signal& signal, const IncrementalSnapshot::Outgoing& out);
    void log_message(const Signal& signal, const OffsetState& state) const;

    const SourceConfig& config_;
    IncrementalSnapshot& incremental_;
    const Logger& logger_;
    std::deque<Blocking> blocking_;
};

}
