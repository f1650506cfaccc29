// What signals ask of a running replication session.
#include "connectors/postgres/source/connect.hpp"
#include "connectors/postgres/source/replication_session.hpp"
#include "connectors/postgres/source/snapshot.hpp"
#include "connectors/postgres/source/snapshot_view.hpp"

namespace millrace::postgres {
namespace {

constexpr std::chrono::milliseconds look_again{5};
constexpr std::chrono::seconds long_unshown{10};

}

void ReplicationSession::serve_snapshots() {
    if (signals_.wants_blocking_snapshot() && !streaming_.in_transaction()) {
        wait_until_shown();
        take_blocking_snapshot();
    }
    if (!incremental_.due() || Clock::now() < next_chunk_) return;
    auto view = current_view(general_);
    if (!all_shown(view)) {
        next_chunk_ = Clock::now() + look_again;
        return;
    }
    incremental_.read_chunk(std::move(view), streaming_.outgoing(batch_));
    next_question_ = {};
}

bool ReplicationSession::all_shown(const TransactionView& view) {
    const auto now = Clock::now();
    if (streaming_.transactions().all_in(view)) {
        unshown_since_.reset();
        return true;
    }
    if (!unshown_since_) {
        unshown_since_ = now;
    } else if (now - *unshown_since_ > long_unshown) {
        unshown_since_ = now;
        logger_.warn(
            "Transactions that have been streamed are not visible yet, as while no synchronous standby answers: "
            "snapshots and columns that are selected again wait for them");
    }
    return false;
}

void ReplicationSession::wait_until_shown() {
    if (streaming_.transactions().none()) return;
    while (!all_shown(current_view(general_))) {
        outlet_.pause(look_again);
        send_status_if_due();
    }
}

void ReplicationSession::take_blocking_snapshot() {
    const auto asked = signals_.take_blocking_snapshot();
    flush();
    logger_.info("Blocking snapshot, asked for by the signal {}", asked.id);
    const auto connection =
        connect(config_.connection, application::general, ConnectionMode::Ordinary, outlet_.stop_signal());
    connection->while_waiting([this] { send_status_if_due(); });
    begin_snapshot(*connection, config_.snapshot.isolation);
    Snapshot({.config = config_,
              .tables = tables_,
              .records = records_,
              .connection = *connection,
              .notifier = notifier_,
              .logger = logger_,
              .metrics = metrics_},
             batch_,
             [this](SourceBatch batch) {
                 outlet_.deliver(std::move(batch), [this] { send_status_if_due(); });
                 send_status_if_due();
             })
        .run_blocking(asked.request, streaming_.position(), streaming_.stored());
    connection->query("ROLLBACK");
    if (!signals_.wants_blocking_snapshot()) streaming_.release();
    if (config_.heartbeat_interval.count() > 0) streaming_.heartbeat(batch_);
    tell_signals();
}

void ReplicationSession::read_signals() {
    next_signals_ = Clock::now() + config_.signals.poll_interval;
    carry_out(channels_.poll());
}

void ReplicationSession::carry_out(const std::vector<Signal>& signals) {
    if (signals.empty()) return;
    for (const auto& signal : signals) signals_.handle(signal, streaming_.outgoing(batch_));
    tell_signals();
}

/// What signals ask for is in the offset, once no blocking snapshot waits: an offset by itself says so.
void ReplicationSession::tell_signals() {
    auto offset = streaming_.stored();
    const bool complete = !signals_.wants_blocking_snapshot() && channels_.untold();
    if (complete) offset.signals = channels_.number();
    Streaming::mark(offset, batch_);
    flush();
    if (complete) channels_.told(offset);
}

}
