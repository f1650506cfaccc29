#include "connectors/postgres/source/runner.hpp"

#include "connectors/postgres/source/connect.hpp"
#include "connectors/postgres/source/debezium_exception.hpp"
#include "connectors/postgres/source/publication.hpp"
#include "connectors/postgres/source/replication_session.hpp"
#include "connectors/postgres/source/snapshot.hpp"
#include "connectors/postgres/source/snapshot_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t batch_bytes = 1024 * 1024;
constexpr milliseconds first_back_off{500};
constexpr int most_doublings = 10;
constexpr int least_server_version = 100000;

}

Runner::Runner(Parts parts)
    : config_(parts.config),
      queue_(parts.queue),
      records_(parts.records),
      logger_(std::move(parts.logger)),
      stored_now_(std::move(parts.stored_now)),
      position_(std::move(parts.stored)),
      plugin_(plugin_of_new_slots(config_.replication)),
      tables_(config_, logger_),
      batch_(config_.topics.prefix, {.records = config_.max_batch_records, .bytes = batch_bytes}),
      outlet_(queue_),
      confirmed_(position_ && position_->processed ? position_->confirmable() : no_lsn),
      notifier_(config_, parts.clock, logger_),
      channels_(config_, std::move(parts.open_topic), logger_),
      metrics_(parts.metrics) {
    if (position_) position_->signals = 0;  // numbers of another life
    notifier_.tell(metrics_);
}

void Runner::stop() noexcept { outlet_.stop(); }

void Runner::confirm(const OffsetState& offset) noexcept {
    confirmed_.set_stored(offset);
    confirmed_.raise(offset.confirmable());
}

void Runner::run() noexcept {
    try {
        for (bool done = false; !done && !outlet_.stopping();) {
            try {
                session();
                done = true;
            } catch (const UnclearMessagesException& e) {
                logger_.warn("{}: from now on transactions come when they have committed, without 'streaming'",
                             e.what());
                batch_.take();
                whole_transactions_ = true;
                outlet_.pause(first_back_off);  // until the server has let go of the slot
            } catch (const DatabaseError& e) {
                has_begun();
                back_off(e);
            }
        }
    } catch (const Interrupted&) {
    } catch (...) {
        try {
            fail_as_producer();
        } catch (...) {
            queue_.fail(std::current_exception());
        }
    }
    has_begun();
    if (config_.replication.drop_slot_on_stop) drop_slot();
}

void Runner::has_begun() noexcept {
    {
        const std::lock_guard lock(mutex_);
        begun_ = true;
    }
    begun_changed_.notify_all();
}

void Runner::wait_for_slot(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    begun_changed_.wait(lock, stop, [this] { return begun_; });
}

void Runner::fail_as_producer() const {
    if (!producing_) throw;
    constexpr const char* text = "An exception occurred in the change event producer. This connector will be stopped.";
    try {
        throw;
    } catch (const PermanentException&) {
        std::throw_with_nested(PermanentException(text));
    } catch (...) {
        std::throw_with_nested(ConnectException(text));
    }
}

void Runner::back_off(const DatabaseError& error) {
    batch_.take();
    failures_ = outlet_.take_progress() ? 1 : failures_ + 1;
    const bool passes = error.reaction == Reaction::Retry || config_.retriable.matches(error.what());
    const bool again = passes && (config_.max_retries < 0 || failures_ <= config_.max_retries);
    if (!again && !passes) throw PermanentException(error.what());
    if (!again) throw ConnectException(error.what());
    const auto longest = std::max(config_.restart_wait, milliseconds(1));
    const auto wait = std::min(longest, first_back_off * (1 << std::min(failures_ - 1, most_doublings)));
    logger_.warn("{}; trying again in {} ms", error.what(), wait.count());
    outlet_.pause(wait);
}

void Runner::check_position(Connection& general, const std::optional<SlotState>& slot, StartPlan& plan) {
    if (!position_ || position_->snapshot_unfinished()) return;
    std::optional<Lsn> end;
    if (!is_standby(general)) end = current_wal_position(general);
    auto problem = position_problem(*position_, slot, end, config_.replication);
    if (!problem.empty() && take_later_offset()) problem = position_problem(*position_, slot, end, config_.replication);
    if (problem.empty()) return;
    if (!snapshots_after_lost_position(config_.snapshot)) throw PermanentDebeziumException(problem);
    logger_.warn("{} A new snapshot is taken.", problem);
    position_.reset();
    plan.snapshot = true;
}

bool Runner::take_later_offset() {
    auto stored = stored_now_();
    if (!stored || stored->snapshot_unfinished() || !is_behind(*stored, *position_)) return false;
    logger_.info("Another task has stored a later offset meanwhile: lsn {}", to_string(stored->lsn));
    position_ = std::move(stored);
    position_->signals = 0;  // numbers of another life
    return true;
}

std::unique_ptr<Connection> Runner::connect_for_replication() {
    return connect(config_.connection, application::streaming, ConnectionMode::Replication, outlet_.stop_signal());
}

CreatedSlot Runner::create_slot_patiently(Connection& replication) {
    const auto& r = config_.replication;
    for (int attempt = 0;; ++attempt) {
        try {
            auto created = create_slot(replication, config_, {.name = r.slot, .plugin = plugin_});
            logger_.info("Created the replication slot '{}' at {}", r.slot, to_string(created.consistent_point));
            return created;
        } catch (const DatabaseError& e) {
            if (e.of_statement()) throw PermanentDebeziumException(e.what());
            if (e.sqlstate != sqlstate::query_canceled) throw;
            if (attempt >= r.max_retries) throw DebeziumException(e.what());
            logger_.warn("{} Attempt {} of {} follows in {} ms", e.what(), attempt + 1, r.max_retries,
                         r.retry_delay.count());
            outlet_.pause(r.retry_delay);
        }
    }
}

void Runner::session() {
    producing_ = false;
    const auto general =
        connect(config_.connection, application::general, ConnectionMode::Ordinary, outlet_.stop_signal());
    if (general->server_version() < least_server_version) {
        throw ConnectException(fmt::format("The server's version {} is too old: pgoutput needs PostgreSQL 10 or later",
                                           general->server_version()));
    }
    check_guardrail(*general);
    auto plan = plan_start(config_.snapshot, position_, snapshot_done_);
    std::unique_ptr<Connection> replication;
    std::optional<CreatedSlot> created;
    std::optional<SlotState> slot;
    if (plan.stream) {
        check_server(*general);
        slot = find_slot(*general, config_);
        check_position(*general, slot, plan);
        if (slot) {
            plugin_ = slot->plugin;
            producing_ = true;  // Debezium sees to the publication when it streams
        }
        if (plugin_ == OutputPlugin::PgOutput) ensure_publication(*general, config_, logger_);
        apply_replica_identities(*general, config_, logger_);
        if (!slot) {
            if (is_standby(*general)) {
                logger_.info(
                    "The server is a standby: its slot waits until the primary tells its running transactions "
                    "(on an idle one SELECT pg_log_standby_snapshot() does)");
            }
            replication = connect_for_replication();
            created = create_slot_patiently(*replication);
        }
    }
    producing_ = true;
    has_begun();
    if (plan.snapshot) {
        outlet_.pause(config_.snapshot.delay);
        take_snapshot(*general, created ? &*created : nullptr, plan.stream);
    } else if (!position_) {
        start_at_slot(*general, created ? &*created : nullptr, slot);
    }
    if (!plan.snapshot) tell_skipped();
    if (!plan.stream) return;
    if (plan.snapshot) outlet_.pause(config_.snapshot.streaming_delay);
    if (!replication) replication = connect_for_replication();
    stream(*general, *replication);
}

void Runner::check_guardrail(Connection& general) {
    if (config_.guardrail_tables == 0) return;
    const auto tables = list_captured_tables(general, config_.filters).size();
    if (tables <= static_cast<std::size_t>(config_.guardrail_tables)) return;
    const auto text = fmt::format(
        "Guardrail limit exceeded: {} tables/collections configured for capture, but maximum allowed is {}.", tables,
        config_.guardrail_tables);
    if (config_.guardrail_fails) throw DebeziumException(text);
    logger_.warn("{}", text);
}

void Runner::tell_skipped() {
    if (std::exchange(told_skipped_, true) || snapshot_done_) return;
    notifier_.send({.type = "SKIPPED"}, position_ ? &*position_ : nullptr, batch_);
    if (!batch_.empty()) outlet_.deliver(batch_.take());
}

void Runner::start_at_slot(Connection& general, const CreatedSlot* created, const std::optional<SlotState>& slot) {
    OffsetState state{.ts_usec = records_.now() / 1000};
    if (created != nullptr) {
        state.lsn = created->consistent_point;
    } else if (slot && slot->confirmed) {
        state.lsn = *slot->confirmed;
    } else {
        state.lsn = current_wal_position(general);
    }
    position_ = state;
}

std::string Runner::why_over(Connection& general, const SnapshotProgress* progress, bool stream) const {
    if (progress == nullptr) return "none of its tables is known to be done";
    if (progress->settings != config_.row_settings) return "the configuration has changed";
    if (!stream) return {};
    // Changes since the first view must still come with the stream.
    const auto slot = find_slot(general, config_);
    if (slot && slot->confirmed && *slot->confirmed <= position_->lsn) return {};
    return "the replication slot does not hold the changes since";
}

Snapshot::Start Runner::snapshot_start(Connection& general, const CreatedSlot* created, bool stream, Lsn position) {
    Snapshot::Start start{.position = position, .stream_from = position, .stream_follows = stream};
    start.progress = SnapshotProgress{.settings = config_.row_settings};
    if (created != nullptr || !position_ || !position_->snapshot_unfinished()) return start;
    const auto& text = position_->snapshot_progress;
    auto progress = text ? parse_snapshot_progress(*text) : std::nullopt;
    if (const auto why = why_over(general, progress ? &*progress : nullptr, stream); !why.empty()) {
        logger_.info("The interrupted snapshot starts over: {}", why);
        return start;
    }
    if (stream) start.stream_from = position_->lsn;
    start.progress = std::move(progress);
    return start;
}

void Runner::take_snapshot(Connection& general, const CreatedSlot* created, bool stream) {
    const auto view = open_snapshot_view(
        {.config = config_, .general = general, .stop = outlet_.stop_signal(), .logger = logger_}, created, stream);
    Snapshot snapshot(
        {.config = config_,
         .tables = tables_,
         .records = records_,
         .connection = general,
         .notifier = notifier_,
         .logger = logger_,
         .metrics = metrics_},
        batch_, [this](SourceBatch batch) { deliver_of_snapshot(std::move(batch)); }, &outlet_.stop_signal());
    const auto start = snapshot_start(general, created, stream, view.position);
    const auto done = snapshot.run(start, position_);
    general.query("ROLLBACK");
    if (config_.heartbeat_interval > milliseconds::zero()) {
        auto behind = done;
        behind.snapshot = SnapshotKind::None;
        batch_.add(records_.heartbeat(write_offset(behind, batch_.offsets()), batch_.values()));
    }
    if (!batch_.empty()) outlet_.deliver(batch_.take());
    position_ = done;
    snapshot_done_ = true;
}

void Runner::deliver_of_snapshot(SourceBatch batch) {
    const auto& offset = batch.records.back().source_offset;
    auto reached = offset.empty() ? std::nullopt : std::optional(read_offset(offset));
    outlet_.deliver(std::move(batch));
    // From here it goes on when the connection is lost.
    if (reached) position_ = std::move(reached);
}

void Runner::stream(Connection& general, Connection& replication) {
    if (tables_.types().size() == 0) load_types(general, tables_.types());
    ReplicationSession({.config = config_,
                        .records = records_,
                        .logger = logger_,
                        .tables = tables_,
                        .batch = batch_,
                        .outlet = outlet_,
                        .confirmed = confirmed_,
                        .general = general,
                        .replication = replication,
                        .notifier = notifier_,
                        .channels = channels_,
                        .plugin = plugin_,
                        .whole_transactions = whole_transactions_,
                        .metrics = metrics_},
                       *position_)
        .run();
}

void Runner::drop_slot() noexcept {
    try {
        outlet_.stop_signal().clear();
        Connection connection(config_.connection, application::drop_slot);
        connection.query(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active AND slot_name = " +
            connection.quote_literal(config_.replication.slot));
    } catch (const std::exception& e) {
        logger_.warn("Could not drop the replication slot '{}': {}", config_.replication.slot, e.what());
    }
}

}
