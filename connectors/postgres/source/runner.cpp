#include "connectors/postgres/source/runner.hpp"

#include "connectors/postgres/source/publication.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t batch_bytes = 1024 * 1024;
constexpr milliseconds queue_patience{200};
constexpr milliseconds first_back_off{500};
constexpr milliseconds longest_idle{10'000};
constexpr int least_server_version = 100000;
// A server that shuts down asks for a reply again and again until everything it sent is confirmed.
constexpr int pings_of_a_shutdown = 5;
constexpr milliseconds ping_window{1000};
// Clock and timers are looked at after so many frames, however fast they come.
constexpr int frames_at_once = 10'000;

PgMicros now_micros(const RecordFactory& records) { return PgMicros{records.now() / 1000 - micros_from_unix_to_2000}; }

std::string isolation_statement(SnapshotIsolation isolation) {
    switch (isolation) {
    case SnapshotIsolation::Serializable:
        return "SERIALIZABLE, READ ONLY, DEFERRABLE";
    case SnapshotIsolation::RepeatableRead:
        return "REPEATABLE READ, READ ONLY";
    case SnapshotIsolation::ReadCommitted:
        return "READ COMMITTED, READ ONLY";
    case SnapshotIsolation::ReadUncommitted:
        return "READ UNCOMMITTED, READ ONLY";
    }
    return "REPEATABLE READ, READ ONLY";
}

}

struct Runner::Session {
    Connection& general;
    std::unique_ptr<Connection> replication;
    ReplicationStream frames;
    Streaming streaming;
    std::unique_ptr<Connection> heartbeat_connection = {};
    Lsn received = no_lsn;
    Lsn quiet_end = no_lsn;  ///< up to here the stream is read, and no transaction runs
    Lsn told = no_lsn;       ///< what the offsets handed over allow to confirm
    Clock::time_point quiet_since = {};
    Clock::time_point next_status = {};
    Clock::time_point next_heartbeat = {};
    Clock::time_point next_xmin = {};
    Clock::time_point ping_window_start = {};
    int pings = 0;
    bool status_due = false;
    std::uint64_t confirmed_sent = 0;
};

Runner::Runner(Parts parts)
    : config_(parts.config),
      queue_(parts.queue),
      records_(parts.records),
      logger_(std::move(parts.logger)),
      position_(std::move(parts.stored)),
      tables_(config_, logger_),
      batch_(config_.topics.prefix, {.records = config_.max_batch_records, .bytes = batch_bytes}) {
    if (position_ && position_->processed) confirmed_ = number(position_->confirmable());
}

void Runner::stop() noexcept {
    stopping_ = true;
    stop_signal_.signal();
    queue_.close();
}

void Runner::confirm(const OffsetState& offset) noexcept {
    const auto lsn = number(offset.confirmable());
    auto known = confirmed_.load();
    while (lsn > known && !confirmed_.compare_exchange_weak(known, lsn)) {
    }
    confirm_signal_.signal();
}

void Runner::run() noexcept {
    int failures = 0;
    while (!stopping()) {
        try {
            session();
            return;
        } catch (const Interrupted&) {
            break;
        } catch (const DatabaseError& e) {
            batch_.take();
            failures = progress_ ? 1 : failures + 1;
            progress_ = false;
            const bool again =
                e.reaction == Reaction::Retry && (config_.max_retries < 0 || failures <= config_.max_retries);
            if (!again) {
                queue_.fail(std::make_exception_ptr(ConnectException(e.what())));
                break;
            }
            const auto longest = std::max(config_.restart_wait, milliseconds(1));
            const auto wait = std::min(longest, first_back_off * (1 << std::min(failures - 1, 10)));
            logger_.warn("{}; trying again in {} ms", e.what(), wait.count());
            try {
                pause(wait);
            } catch (const Interrupted&) {
                break;
            }
        } catch (...) {
            queue_.fail(std::current_exception());
            break;
        }
    }
    if (config_.replication.drop_slot_on_stop) drop_slot();
}

void Runner::pause(milliseconds time) {
    pollfd fd{.fd = stop_signal_.descriptor(), .events = POLLIN, .revents = 0};
    const auto end = Clock::now() + time;
    for (;;) {
        const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
        const int ready = ::poll(&fd, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000)));
        if (stopping()) throw Interrupted();
        if (ready == 0) return;
    }
}

std::unique_ptr<Connection> Runner::connect(std::string_view application_name, ConnectionMode mode) {
    try {
        return std::make_unique<Connection>(config_.connection, application_name, mode, &stop_signal_);
    } catch (const DatabaseError& e) {
        const std::string_view text = e.what();
        if (mode == ConnectionMode::Replication && text.find("replication role") != std::string_view::npos) {
            const auto& keywords = config_.connection.keywords;
            const auto found =
                std::ranges::find(keywords, "user", [](const auto& k) { return std::string_view(k.first); });
            const std::string user = found == keywords.end() ? "<user>" : found->second;
            throw ConnectException(fmt::format(
                "{}. Run ALTER ROLE {} REPLICATION (on a managed service grant it the replication role, such as "
                "rds_replication), or connect as a role that has it",
                text, user));
        }
        throw;
    }
}

Runner::Plan Runner::plan() const {
    const bool stored = position_.has_value();
    const bool unfinished = stored && position_->snapshot_unfinished();
    switch (config_.snapshot.mode) {
    case SnapshotMode::Initial:
    case SnapshotMode::WhenNeeded:
        return {.snapshot = !stored || unfinished, .stream = true};
    case SnapshotMode::Always:
        return {.snapshot = !snapshot_done_, .stream = true};
    case SnapshotMode::InitialOnly:
        return {.snapshot = !stored || unfinished, .stream = false};
    case SnapshotMode::NoData:
        if (unfinished) {
            throw ConnectException(
                "The connector previously stopped while taking a snapshot, but now the connector is configured to "
                "never "
                "allow snapshots. Reconfigure the connector to use snapshots initially or when needed.");
        }
        return {.snapshot = false, .stream = true};
    case SnapshotMode::ConfigurationBased:
        return {.snapshot = config_.snapshot.based_snapshot_data && !snapshot_done_,
                .stream = config_.snapshot.based_start_stream};
    }
    return {};
}

void Runner::check_position(const std::optional<SlotState>& slot, Plan& plan) {
    if (!position_ || position_->snapshot_unfinished()) return;
    const auto problem = position_problem(*position_, slot, config_.replication);
    if (problem.empty()) return;
    const bool snapshot_again =
        config_.snapshot.mode == SnapshotMode::WhenNeeded ||
        (config_.snapshot.mode == SnapshotMode::ConfigurationBased && config_.snapshot.based_on_data_error);
    if (!snapshot_again) throw ConnectException(problem);
    logger_.warn("{} A new snapshot is taken.", problem);
    position_.reset();
    plan.snapshot = true;
}

CreatedSlot Runner::create_slot_patiently(Connection& replication) {
    const auto& r = config_.replication;
    for (int attempt = 0;; ++attempt) {
        try {
            auto created = create_slot(replication, config_, r.slot, false);
            logger_.info("Created the replication slot '{}' at {}", r.slot, to_string(created.consistent_point));
            return created;
        } catch (const DatabaseError& e) {
            if (e.sqlstate != sqlstate::query_canceled || attempt >= r.max_retries) throw;
            logger_.warn("{} Attempt {} of {} follows in {} ms", e.what(), attempt + 1, r.max_retries,
                         r.retry_delay.count());
            pause(r.retry_delay);
        }
    }
}

void Runner::session() {
    const auto general = connect("Debezium General", ConnectionMode::Ordinary);
    if (general->server_version() < least_server_version) {
        throw ConnectException(fmt::format("The server's version {} is too old: pgoutput needs PostgreSQL 10 or later",
                                           general->server_version()));
    }
    auto plan = this->plan();
    std::unique_ptr<Connection> replication;
    std::optional<CreatedSlot> created;
    std::optional<SlotState> slot;
    if (plan.stream) {
        check_server(*general);
        slot = find_slot(*general, config_);
        check_position(slot, plan);
        ensure_publication(*general, config_, logger_);
        apply_replica_identities(*general, config_, logger_);
        if (!slot) {
            replication = connect("Debezium Streaming", ConnectionMode::Replication);
            created = create_slot_patiently(*replication);
        }
    }
    if (plan.snapshot) {
        pause(config_.snapshot.delay);
        take_snapshot(*general, created ? &*created : nullptr, plan.stream);
    } else if (!position_) {
        start_at_slot(*general, created ? &*created : nullptr, slot);
    }
    if (!plan.stream) return;
    pause(config_.snapshot.streaming_delay);
    if (!replication) replication = connect("Debezium Streaming", ConnectionMode::Replication);
    stream(*general, std::move(replication));
}

void Runner::start_at_slot(Connection& general, const CreatedSlot* created, const std::optional<SlotState>& slot) {
    OffsetState state{.ts_usec = records_.now() / 1000};
    if (created != nullptr) {
        state.lsn = created->consistent_point;
    } else if (slot && slot->confirmed) {
        state.lsn = *slot->confirmed;
    } else {
        state.lsn = parse_lsn(general.query("SELECT pg_current_wal_lsn()").text(0, 0)).value_or(no_lsn);
    }
    position_ = state;
}

void Runner::take_snapshot(Connection& general, const CreatedSlot* created, bool stream) {
    // For a slot that was there already, a temporary one gives a snapshot at a known position: no gap and no overlap.
    std::unique_ptr<Connection> exporter;
    CreatedSlot exported;
    if (created != nullptr) {
        exported = *created;
    } else if (stream) {
        try {
            exporter = connect("Debezium Streaming", ConnectionMode::Replication);
            const auto name = fmt::format("{}_snap", config_.replication.slot.substr(0, 58));
            exported = create_slot(*exporter, config_, name, true);
        } catch (const DatabaseError& e) {
            logger_.warn(
                "No temporary slot for the snapshot ({}): rows changed since the slot's position may come twice",
                e.what());
            exporter.reset();
        }
    }
    general.query("BEGIN");
    Lsn position = exported.consistent_point;
    if (!exported.snapshot.empty()) {
        general.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        general.query("SET TRANSACTION SNAPSHOT " + general.quote_literal(exported.snapshot));
    } else if (stream) {
        const auto slot = find_slot(general, config_);
        general.query("ROLLBACK");
        general.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        position = slot && slot->confirmed ? *slot->confirmed : no_lsn;
    } else {
        general.query("SET TRANSACTION ISOLATION LEVEL " + isolation_statement(config_.snapshot.isolation));
        const bool standby = general.query("SELECT pg_is_in_recovery()").flag(0, 0);
        position =
            parse_lsn(
                general.query(standby ? "SELECT pg_last_wal_receive_lsn()" : "SELECT pg_current_wal_lsn()").text(0, 0))
                .value_or(no_lsn);
    }
    Snapshot snapshot(
        {.config = config_, .tables = tables_, .records = records_, .connection = general, .logger = logger_}, batch_,
        [this](SourceBatch batch) { deliver(std::move(batch), nullptr); });
    const auto done = snapshot.run(position);
    general.query("ROLLBACK");
    if (config_.heartbeat_interval > milliseconds::zero()) {
        batch_.add(records_.heartbeat(write_offset(done, batch_.offsets()), batch_.values()));
    }
    if (!batch_.empty()) deliver(batch_.take(), nullptr);
    position_ = done;
    snapshot_done_ = true;
}

void Runner::stream(Connection& general, std::unique_ptr<Connection> replication) {
    if (tables_.types().size() == 0) load_types(general, tables_.types());
    auto& connection = *replication;
    Session session{
        .general = general,
        .replication = std::move(replication),
        .frames = ReplicationStream(connection),
        .streaming = Streaming(
            {.config = config_, .tables = tables_, .records = records_, .catalog = general, .logger = logger_},
            *position_)};
    start_replication(session);
    const auto now = Clock::now();
    session.next_status = now + config_.replication.status_interval;
    session.next_heartbeat = now + config_.heartbeat_interval;
    session.next_xmin = now;
    session.quiet_since = now;
    session.told = position_->confirmable();
    try {
        pump(session);
    } catch (const Interrupted&) {
        // What is stored by now need not be sent again after the next start.
        stop_signal_.clear();
        try {
            send_status(session);
        } catch (const DatabaseError&) {  // the stream ends anyhow
        }
        throw;
    }
}

void Runner::start_replication(Session& session) {
    const auto& r = config_.replication;
    std::vector<std::pair<std::string, std::string>> options = {{"proto_version", "1"},
                                                                {"publication_names", r.publication}};
    if (session.general.server_version() >= 140000) options.emplace_back("messages", "true");
    options.insert(options.end(), r.stream_params.begin(), r.stream_params.end());
    const auto from = position_->processed.value_or(position_->lsn);
    try {
        session.frames.start(r.slot, from, options);
    } catch (const DatabaseError& e) {
        if (e.sqlstate == sqlstate::object_in_use) {
            const auto holder = slot_holder(session.general, r.slot);
            throw DatabaseError(
                fmt::format(
                    "The replication slot '{}' is in use by {}; when setting up multiple connectors for the same "
                    "database host, please make sure to use a distinct replication slot name for each",
                    r.slot, holder.empty() ? "another process" : holder),
                e.sqlstate, Reaction::Retry);
        }
        if (e.sqlstate == sqlstate::undefined_file) {
            throw ConnectException(
                "The offset to start reading from has been removed from the database write-ahead log. Create a new "
                "snapshot and consider setting of PostgreSQL parameter wal_keep_segments = 0.");
        }
        throw DatabaseError(
            fmt::format("Failed to start replication stream at LSN{{{}}}: {}", to_string(from), e.what()), e.sqlstate,
            e.reaction);
    }
    logger_.info("Streaming from the slot '{}' at {}", r.slot, to_string(from));
}

void Runner::pump(Session& session) {
    while (!stopping()) {
        int frames = 0;
        bool records = false;
        for (; frames < frames_at_once; ++frames) {
            const auto frame = session.frames.next();
            if (!frame) break;
            session.received = std::max(session.received, frame->wal_end);
            if (frame->kind == Frame::Kind::Keepalive) {
                on_keepalive(session, *frame);
            } else {
                session.streaming.handle(*frame, batch_);
                records = records || !batch_.empty();
                if (batch_.full()) flush(session);
            }
            if (stopping()) throw Interrupted();
        }
        const auto now = Clock::now();
        if (records) session.quiet_since = now;
        const bool more = frames == frames_at_once;
        if (!more) flush(session);
        if (config_.replication.xmin_interval > milliseconds::zero() && now >= session.next_xmin) fetch_xmin(session);
        if (config_.heartbeat_interval > milliseconds::zero() && now >= session.next_heartbeat) beat(session);
        mark_if_quiet(session, now);
        if (session.status_due || now >= session.next_status) send_status(session);
        if (more) continue;
        auto until = std::min(session.next_status, now + longest_idle);
        if (config_.heartbeat_interval > milliseconds::zero()) until = std::min(until, session.next_heartbeat);
        const auto wait = std::chrono::ceil<milliseconds>(until - Clock::now());
        if (session.frames.wait(std::max(wait, milliseconds(0)), confirm_signal_)) {
            confirm_signal_.clear();
            // A new confirmation goes out at once: the server can release WAL.
            session.status_due = session.status_due || confirmed_.load() > session.confirmed_sent;
        }
    }
    throw Interrupted();
}

void Runner::flush(Session& session) {
    if (batch_.empty()) return;
    const auto position = session.streaming.position();
    auto batch = batch_.take();
    session.told = read_offset(batch.records.back().source_offset).confirmable();
    deliver(std::move(batch), &session);
    position_ = position;
}

void Runner::deliver(SourceBatch batch, Session* session) {
    while (!queue_.push(batch, queue_patience)) {
        if (stopping()) throw Interrupted();
        // While the task is slow the server still hears from us.
        if (session != nullptr && Clock::now() >= session->next_status) send_status(*session);
    }
    progress_ = true;
}

void Runner::on_keepalive(Session& session, const Frame& frame) {
    const auto now = Clock::now();
    if (!session.streaming.in_transaction()) session.quiet_end = std::max(session.quiet_end, frame.wal_end);
    if (!frame.reply_requested) return;
    if (now - session.ping_window_start > ping_window) {
        session.ping_window_start = now;
        session.pings = 0;
    }
    if (++session.pings > pings_of_a_shutdown) {
        throw DatabaseError("PostgreSQL is shutting down", "57P01");
    }
    send_status(session);
}

void Runner::send_status(Session& session) {
    auto flushed = Lsn{confirmed_.load()};
    session.confirmed_sent = number(flushed);
    if (config_.replication.flush_mode == LsnFlushMode::Manual) flushed = no_lsn;
    session.frames.send({.received = session.received, .flushed = flushed}, now_micros(records_));
    session.next_status = Clock::now() + config_.replication.status_interval;
    session.status_due = false;
}

/// Other tables' changes leave no record, and their WAL would be kept for ever: the offset alone moves on.
void Runner::mark_if_quiet(Session& session, Clock::time_point now) {
    if (config_.replication.flush_mode == LsnFlushMode::Manual || session.streaming.in_transaction()) return;
    if (now - session.quiet_since < config_.replication.status_interval || !batch_.empty()) return;
    session.quiet_since = now;
    if (session.quiet_end > session.streaming.position().lsn) session.streaming.skip_to(session.quiet_end);
    if (session.streaming.position().confirmable() <= session.told) return;
    session.streaming.mark(batch_);
    flush(session);
}

void Runner::beat(Session& session) {
    session.next_heartbeat = Clock::now() + config_.heartbeat_interval;
    session.streaming.heartbeat(batch_);
    flush(session);
    if (config_.heartbeat_query.empty()) return;
    try {
        if (!session.heartbeat_connection) {
            session.heartbeat_connection = connect("Debezium Heartbeat", ConnectionMode::Ordinary);
        }
        session.heartbeat_connection->query(config_.heartbeat_query);
    } catch (const DatabaseError& e) {
        session.heartbeat_connection.reset();
        if (e.sqlstate == "57P01" || e.sqlstate == "57P03" || e.sqlstate == sqlstate::undefined_table) {
            throw DatabaseError(fmt::format("Could not execute heartbeat action query (Error: {})", e.sqlstate),
                                e.sqlstate, Reaction::Retry);
        }
        logger_.error("Could not execute heartbeat action query: {}", e.what());
    }
}

void Runner::fetch_xmin(Session& session) {
    session.next_xmin = Clock::now() + config_.replication.xmin_interval;
    const auto slot = find_slot(session.general, config_);
    session.streaming.set_xmin(slot ? slot->catalog_xmin : std::nullopt);
}

void Runner::drop_slot() noexcept {
    try {
        stop_signal_.clear();
        auto settings = config_.connection;
        Connection connection(settings, "Debezium Drop Slot");
        connection.query(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active AND "
            "slot_name = " +
            connection.quote_literal(config_.replication.slot));
    } catch (const std::exception& e) {
        logger_.warn("Could not drop the replication slot '{}': {}", config_.replication.slot, e.what());
    }
}

}
