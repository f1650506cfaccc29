#include "connectors/postgres/source/replication_session.hpp"

#include "connectors/postgres/source/connect.hpp"
#include "connectors/postgres/source/slot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace millrace::postgres {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds longest_idle{10'000};
// A server that shuts down asks for a reply again and again until everything it sent is confirmed.
constexpr int pings_of_a_shutdown = 5;
constexpr milliseconds ping_window{1000};
// Clock and timers are looked at after so many frames, however fast they come.
constexpr int frames_at_once = 10'000;
// What a full socket held back arrives within a breath, and is much then; otherwise the server is not ahead of us.
constexpr microseconds breath{50};
constexpr std::size_t large_piece = 8'192;
constexpr milliseconds question_interval{100};

PgMicros now_micros(const RecordFactory& records) { return PgMicros{records.now() / 1000 - micros_from_unix_to_2000}; }

}

ReplicationSession::ReplicationSession(const Parts& parts, OffsetState& position)
    : config_(parts.config),
      records_(parts.records),
      logger_(parts.logger),
      batch_(parts.batch),
      outlet_(parts.outlet),
      confirmed_(parts.confirmed),
      general_(parts.general),
      position_(position),
      notifier_(parts.notifier),
      channels_(parts.channels),
      tables_(parts.tables),
      plugin_(parts.plugin),
      whole_transactions_(parts.whole_transactions),
      metrics_(parts.metrics),
      retained_wal_({.slot = config_.replication.slot,
                     .interval = config_.replication.retained_wal_interval,
                     .warn_bytes = config_.replication.retained_wal_warn_bytes},
                    metrics_, logger_),
      directory_(parts.general),
      decoder_(make_decoder(parts.plugin, directory_, config_.types.reproduce_defects)),
      frames_(parts.replication),
      incremental_(
          {.config = parts.config,
           .tables = parts.tables,
           .records = parts.records,
           .connection = parts.general,
           .notifier = parts.notifier,
           .logger = parts.logger,
           .metrics = parts.metrics},
          [this](milliseconds time) { outlet_.pause(time); }, position.incremental),
      signals_({.config = parts.config, .incremental = incremental_, .logger = parts.logger}),
      streaming_({.config = parts.config,
                  .tables = parts.tables,
                  .records = parts.records,
                  .catalog = parts.general,
                  .logger = parts.logger,
                  .decoder = *decoder_,
                  .incremental = incremental_,
                  .signals = signals_,
                  .until_shown = [this] { wait_until_shown(); }},
                 position),
      told_(position.confirmable()),
      quiet_since_(Clock::now()),
      next_status_(quiet_since_ + parts.config.replication.status_interval),
      next_heartbeat_(quiet_since_ + parts.config.heartbeat_interval),
      next_xmin_(quiet_since_),
      next_signals_(quiet_since_),
      next_question_(quiet_since_),
      next_activity_(quiet_since_ + parts.config.replication.activity_interval) {}

ReplicationSession::~ReplicationSession() {
    general_.while_waiting({});
    metrics_.connected(false);
}

void ReplicationSession::run() {
    start();
    // The server must hear from us however long a table takes.
    general_.while_waiting([this] { send_status_if_due(); });
    // A connection that was lost took with it what they had begun.
    if (channels_.untold()) carry_out(channels_.waiting());
    metrics_.connected(true);
    try {
        pump();
    } catch (const Interrupted&) {
        // What is stored by now need not be sent again after the next start.
        outlet_.stop_signal().clear();
        try {
            send_status();
        } catch (const DatabaseError&) {  // the stream ends anyhow
        }
        throw;
    } catch (const DatabaseError& e) {
        const bool publication = std::string_view(e.what()).find("publication") != std::string_view::npos;
        if (e.sqlstate != sqlstate::undefined_object || !publication) throw;
        throw ConnectException(
            fmt::format("{}. It was dropped while there were changes for it to publish, and those the server cannot "
                        "decode any more: drop the slot (SELECT pg_drop_replication_slot('{}')) and restart the "
                        "connector with snapshot.mode=when_needed, which makes both anew and takes a new snapshot",
                        e.what(), config_.replication.slot));
    }
}

void ReplicationSession::pump() {
    for (;;) {
        outlet_.throw_if_stopping();
        const int frames = read_frames();
        const bool more = frames == frames_at_once;
        if (!more && !hold()) flush();
        const auto now = Clock::now();
        gathering_.count(frames, now);
        run_timers(now);
        if (!more) wait_for_frames(now);
    }
}

int ReplicationSession::read_frames() {
    int frames = 0;
    while (frames < frames_at_once && read_frame()) ++frames;
    if (std::exchange(records_came_, false)) quiet_since_ = Clock::now();
    return frames;
}

bool ReplicationSession::read_frame() {
    auto frame = streamed_ ? streamed_->next() : std::nullopt;
    if (!frame) {
        frame = frames_.next();
        if (!frame) return false;
        received_ = std::max(received_, frame->wal_end);
        if (streamed_ && frame->kind == Frame::Kind::Data) frame = streamed_->take(*frame);
    }
    if (frame && frame->kind == Frame::Kind::Keepalive) {
        on_keepalive(*frame);
    } else if (frame) {
        if (held_ && !streaming_.goes_on_in(*frame)) release();
        streaming_.handle(*frame, batch_);
        records_came_ = records_came_ || !batch_.empty();
        if (batch_.full() && !hold()) flush();
    }
    if (!streaming_.holds_last_record()) serve_snapshots();
    outlet_.throw_if_stopping();
    return true;
}

bool ReplicationSession::hold() {
    held_ = streaming_.holds_last_record();
    return held_;
}

void ReplicationSession::release() {
    held_ = false;
    flush();
    run_timers_of_records(Clock::now());
}

/// An idle server tells its position only when it is asked.
void ReplicationSession::ask_for_position() {
    next_question_ = Clock::now() + question_interval;
    send_status(true);
}

void ReplicationSession::run_timers(Clock::time_point now) {
    if (fetches_xmin() && now >= next_xmin_) fetch_xmin();
    if (watches_activity() && now >= next_activity_) watch_activity(now);
    if (channels_.waits_for_offset()) channels_.stored(confirmed_.stored());
    retained_wal_.tick(general_, now);
    if (!hold()) run_timers_of_records(now);
    if (status_due_ || now >= next_status_) send_status();
}

/// What adds records, or offsets, between two frames.
void ReplicationSession::run_timers_of_records(Clock::time_point now) {
    if (beats() && now >= next_heartbeat_) beat();
    mark_if_quiet(now);
    if (signals_by_time() && now >= next_signals_) read_signals();
    serve_snapshots();
    if (incremental_.waits_for_position() && now >= next_question_) ask_for_position();
}

void ReplicationSession::let_frames_gather() {
    const auto pause = gathering_.pause();
    if (pause == milliseconds::zero()) return;
    std::this_thread::sleep_for(breath);
    if (frames_.arrived_bytes() < large_piece) outlet_.pause(pause);
}

void ReplicationSession::wait_for_frames(Clock::time_point now) {
    let_frames_gather();
    auto until = std::min(now + longest_idle, next_timer());
    if (!held_) until = std::min(until, next_timer_of_records());
    const auto wait = std::chrono::ceil<milliseconds>(until - Clock::now());
    if (!frames_.wait(std::max(wait, milliseconds(0)), confirmed_.raised())) return;
    confirmed_.raised().clear();
    // A new confirmation goes out at once: the server can release WAL.
    status_due_ = status_due_ || confirmed_.get() > confirmed_sent_;
}

ReplicationSession::Clock::time_point ReplicationSession::next_timer() const {
    auto next = std::min(next_status_, retained_wal_.next());
    if (fetches_xmin()) next = std::min(next, next_xmin_);
    if (watches_activity()) next = std::min(next, next_activity_);
    return next;
}

ReplicationSession::Clock::time_point ReplicationSession::next_timer_of_records() const {
    auto next = quiet_since_ + config_.replication.advance_interval;
    if (beats()) next = std::min(next, next_heartbeat_);
    if (signals_by_time()) next = std::min(next, next_signals_);
    if (incremental_.waits_for_position()) next = std::min(next, next_question_);
    if (incremental_.due()) next = std::min(next, next_chunk_);
    return next;
}

void ReplicationSession::flush() {
    if (batch_.empty()) return;
    const auto position = streaming_.stored();
    auto batch = batch_.take();
    told_ = read_offset(batch.records.back().source_offset).confirmable();
    // While the task is slow, or Kafka is away, the server still hears from us, and what it keeps is watched.
    outlet_.deliver(std::move(batch), [this] {
        send_status_if_due();
        retained_wal_.tick(general_, Clock::now());
    });
    position_ = position;
    metrics_.streamed(streaming_.counts());
}

void ReplicationSession::on_keepalive(const Frame& frame) {
    if (!streaming_.in_transaction()) {
        quiet_end_ = std::max(quiet_end_, frame.wal_end);
        if (incremental_.reached(quiet_end_)) incremental_.send_window(streaming_.outgoing(batch_));
    }
    if (!frame.reply_requested) return;
    const auto now = Clock::now();
    if (now - ping_window_start_ > ping_window) {
        ping_window_start_ = now;
        pings_ = 0;
    }
    if (++pings_ > pings_of_a_shutdown) throw DatabaseError("PostgreSQL is shutting down", "57P01");
    send_status();
}

void ReplicationSession::send_status_if_due() {
    if (Clock::now() >= next_status_) send_status();
}

void ReplicationSession::send_status(bool request_reply) {
    metrics_.streamed(streaming_.counts());
    confirmed_sent_ = confirmed_.get();
    const bool manual = config_.replication.flush_mode == LsnFlushMode::Manual;
    const StandbyStatus status{
        .received = received_, .flushed = manual ? no_lsn : confirmed_sent_, .request_reply = request_reply};
    if (!frames_.send(status, now_micros(records_), config_.replication.flush_timeout)) on_flush_timeout();
    next_status_ = Clock::now() + config_.replication.status_interval;
    status_due_ = false;
}

void ReplicationSession::on_flush_timeout() const {
    const auto text = fmt::format("LSN flush operation timed out for LSN '{}'.", to_string(confirmed_sent_));
    switch (config_.replication.on_flush_timeout) {
    case FlushTimeout::Fail:
        throw ConnectException(text +
                               " Task is configured to fail on timeout as configured by "
                               "lsn.flush.timeout.action configuration.");
    case FlushTimeout::Warn:
        logger_.warn("{}", text);
        break;
    case FlushTimeout::Ignore:
        break;
    }
}

void ReplicationSession::watch_activity(Clock::time_point now) {
    next_activity_ = now + config_.replication.activity_interval;
    const auto& position = streaming_.position();
    const auto seen = std::pair(position.committed, position.processed);
    if (std::exchange(active_at_, seen) != seen) return;
    logger_.warn("The offset has not moved for {} ms: lsn_commit {}, lsn_proc {}",
                 config_.replication.activity_interval.count(), to_string(position.committed.value_or(no_lsn)),
                 to_string(position.processed.value_or(no_lsn)));
}

/// Other tables' changes leave no record, and their WAL would be kept for ever: the offset alone moves on.
void ReplicationSession::mark_if_quiet(Clock::time_point now) {
    if (now - quiet_since_ < config_.replication.advance_interval) return;
    quiet_since_ = now;
    if (config_.replication.flush_mode == LsnFlushMode::Manual) return;
    if (streaming_.in_transaction() || !batch_.empty()) return;
    if (quiet_end_ > streaming_.position().lsn) streaming_.skip_to(quiet_end_);
    if (streaming_.position().confirmable() <= told_) return;
    streaming_.mark(batch_);
    flush();
}

void ReplicationSession::beat() {
    next_heartbeat_ = Clock::now() + config_.heartbeat_interval;
    streaming_.heartbeat(batch_);
    flush();
    if (config_.heartbeat_query.empty()) return;
    try {
        if (!heartbeat_connection_) {
            heartbeat_connection_ =
                connect(config_.connection, application::heartbeat, ConnectionMode::Ordinary, outlet_.stop_signal());
            heartbeat_connection_->while_waiting([this] { send_status_if_due(); });
        }
        heartbeat_connection_->query(config_.heartbeat_query);
    } catch (const DatabaseError& e) {
        heartbeat_connection_.reset();
        if (e.sqlstate == "57P01" || e.sqlstate == "57P03" || e.sqlstate == sqlstate::undefined_table) {
            throw DatabaseError(fmt::format("Could not execute heartbeat action query (Error: {})", e.sqlstate),
                                e.sqlstate, Reaction::Retry);
        }
        logger_.error("Could not execute heartbeat action query: {}", e.what());
    }
}

void ReplicationSession::fetch_xmin() {
    next_xmin_ = Clock::now() + config_.replication.xmin_interval;
    const auto slot = find_slot(general_, config_);
    streaming_.set_xmin(slot ? slot->catalog_xmin : std::nullopt);
}

}
