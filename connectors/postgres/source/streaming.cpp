#include "connectors/postgres/source/streaming.hpp"

#include "connectors/postgres/decoding/pgoutput.hpp"
#include "connectors/postgres/source/event_failure.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::postgres {
namespace {

std::uint32_t read_relation_id(std::span<const std::byte> payload) noexcept {
    std::uint32_t id = 0;
    for (std::size_t i = 1; i <= 4; ++i) id = (id << 8) | std::to_integer<std::uint32_t>(payload[i]);
    return id;
}

bool of_prepared_transaction(std::span<const std::byte> payload) noexcept {
    constexpr std::string_view kinds = "bPKrp";
    return !payload.empty() && kinds.find(std::to_integer<char>(payload[0])) != std::string_view::npos;
}

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};

/// Debezium counts each message as a collection of its own, named after a Java object. Beyond this many in one
/// transaction they share the last name, because all names are in every offset.
constexpr std::int64_t most_message_collections = 1000;

std::string message_collection(std::int64_t number) {
    return fmt::format("io.debezium.connector.postgresql.LogicalDecodingMessageMonitor$LogicalDecodingMessageId@{:x}",
                       0x1a2b3c4d + std::min(number, most_message_collections));
}

}

Streaming::Streaming(const Parts& parts, const OffsetState& resume_from)
    : config_(parts.config),
      tables_(parts.tables),
      records_(parts.records),
      catalog_(parts.catalog),
      reselection_(parts.config.reselects, parts.catalog, parts.until_shown, parts.logger),
      logger_(parts.logger),
      decoder_(parts.decoder),
      pgoutput_(dynamic_cast<PgOutputDecoder*>(&parts.decoder) != nullptr),
      incremental_(parts.incremental),
      signals_(parts.signals),
      filter_(resume_from),
      state_(resume_from) {
    if (state_.processed && !state_.committed) state_.committed = state_.processed;
    for (const auto& [table, events] : state_.collection_order) total_order_ += events.count;
}

void Streaming::handle(const Frame& frame, BatchBuilder& batch) {
    after_lone_insert_ = std::exchange(lone_insert_, false);
    if (uninteresting(frame.start, frame.payload)) return;
    // Its rows come without its end, so that leaving such events out would send what may be rolled back.
    if (pgoutput_ && of_prepared_transaction(frame.payload)) {
        throw ConnectException(fmt::format(
            "The server sends transactions when they are prepared, before they are committed or rolled back, because "
            "the replication slot '{}' was made with two_phase: drop it (SELECT pg_drop_replication_slot('{}')), take "
            "two_phase out of slot.stream.params, and restart the connector with snapshot.mode=when_needed",
            config_.replication.slot, config_.replication.slot));
    }
    // One copy: everything that the records of this message say points into it.
    const auto text = batch.values().copy({reinterpret_cast<const char*>(frame.payload.data()), frame.payload.size()});
    const auto lsn = frame.start;
    try {
        for (const auto& message : decoder_.decode(text, batch.values())) dispatch(message, lsn, batch);
    } catch (const SchemaBuilderException&) {
        throw;  // it is about the table, none of whose rows would come
    } catch (const DataException& e) {
        ++counts_.erroneous;
        if (config_.on_event_failure == FailureHandling::Fail) {
            logger_.error(
                "The event at {} cannot be processed; event.processing.failure.handling.mode=warn leaves such events "
                "out",
                to_string(lsn));
            throw_event_failure(stored());
        }
        if (config_.on_event_failure == FailureHandling::Warn) {
            logger_.warn("The event at {} is skipped: {}", to_string(lsn), e.what());
        }
    }
}

void Streaming::dispatch(const Message& message, Lsn lsn, BatchBuilder& batch) {
    std::visit(Overloaded{
                   [&](const Begin& m) { on_begin(m, lsn, batch); },
                   [&](const Commit& m) { on_commit(m, lsn, batch); },
                   [&](const OriginMessage& m) {
                       origin_ = std::string(m.name);
                       origin_lsn_ = m.lsn;
                   },
                   [&](const Relation& m) { tables_.update(m, catalog_); },
                   [](const TypeMessage&) {},
                   [&](const Insert& m) { on_insert(m, lsn, batch); },
                   [&](const Update& m) { on_update(m, lsn, batch); },
                   [&](const Delete& m) { on_delete(m, lsn, batch); },
                   [&](const Truncate& m) { on_truncate(m, lsn, batch); },
                   [&](const LogicalMessage& m) { on_message(m, lsn, batch); },
               },
               message);
}

/// A row of pgoutput for a table that is not captured: it is not even decoded.
bool Streaming::uninteresting(Lsn lsn, std::span<const std::byte> payload) {
    if (!pgoutput_ || payload.size() < 5) return false;
    const char kind = std::to_integer<char>(payload[0]);
    if (kind != 'I' && kind != 'U' && kind != 'D') return false;
    if (tables_.find(read_relation_id(payload)) != nullptr) return false;
    ++counts_.filtered;
    take_event(lsn, kind == 'I' ? MessageType::Insert : kind == 'U' ? MessageType::Update : MessageType::Delete);
    return true;
}

void Streaming::on_begin(const Begin& message, Lsn lsn, BatchBuilder& batch) {
    in_transaction_ = true;
    xid_ = message.xid;
    transactions_.add(xid_);
    if (transactions_.many()) transactions_.all_in(current_view(catalog_));
    commit_usec_ = unix_micros(message.commit_time);
    origin_.reset();
    last_row_lsn_ = no_lsn;
    rows_with_lsn_ = 0;
    filter_.begin(message.final_lsn, message.xid);
    if (!config_.transaction_metadata || filter_.drops_transaction() || filter_.continues_transaction()) return;
    total_order_ = 0;
    state_.collection_order.clear();
    state_.transaction_id = std::to_string(xid_);
    state_.lsn = lsn;
    state_.message = MessageType::Begin;
    state_.events_with_lsn = 0;
    state_.tx_id = xid_;
    state_.ts_usec = commit_usec_;
    state_.snapshot = SnapshotKind::None;
    transaction_record(false, lsn, batch);
}

void Streaming::on_commit(const Commit& message, Lsn lsn, BatchBuilder& batch) {
    const bool dropped = filter_.drops_transaction();
    filter_.commit();
    in_transaction_ = false;
    if (dropped) return;
    ++counts_.transactions;
    counts_.last_transaction = xid_;
    counts_.lsn = number(lsn);
    state_.lsn = state_.processed.emplace(lsn);
    state_.committed = lsn;
    state_.events_with_lsn = 0;
    state_.message = MessageType::Commit;
    state_.tx_id = xid_;
    state_.ts_usec = unix_micros(message.commit_time);
    state_.snapshot = SnapshotKind::None;
    if (config_.transaction_metadata) transaction_record(true, lsn, batch);
    if (incremental_.reached(lsn)) incremental_.send_window(outgoing(batch));
}

void Streaming::transaction_record(bool end, Lsn lsn, BatchBuilder& batch) {
    auto& arena = batch.values();
    const auto id = arena.copy(fmt::format("{}:{}", xid_, number(lsn)));
    batch.add(records_.transaction({.end = end,
                                    .id = id,
                                    .ts_usec = commit_usec_,
                                    .events = total_order_,
                                    .buckets = collection_buckets_,
                                    .collections = &state_.collection_order},
                                   write_offset(stored(), batch.offsets()), arena));
}

bool Streaming::take_event(Lsn lsn, MessageType type) {
    rows_with_lsn_ = lsn == last_row_lsn_ ? rows_with_lsn_ + 1 : 1;
    last_row_lsn_ = lsn;
    if (filter_.drops_event(lsn, true)) return false;
    if (rows_with_lsn_ == 1) {
        before_first_row_ = {.lsn = state_.lsn,
                             .processed = state_.processed,
                             .events_with_lsn = state_.events_with_lsn,
                             .tx_id = state_.tx_id,
                             .ts_usec = state_.ts_usec,
                             .message = state_.message,
                             .snapshot = state_.snapshot};
    }
    state_.lsn = lsn;
    state_.processed = lsn;
    state_.events_with_lsn = rows_with_lsn_;
    state_.message = type;
    state_.tx_id = xid_;
    state_.ts_usec = commit_usec_;
    state_.snapshot = SnapshotKind::None;
    return true;
}

OffsetState Streaming::before_first_row(const TableModel& table) const {
    auto state = stored();
    if (held_) return state;
    const auto& place = before_first_row_;
    state.lsn = place.lsn;
    state.processed = place.processed;
    state.events_with_lsn = place.events_with_lsn;
    state.tx_id = place.tx_id;
    state.ts_usec = place.ts_usec;
    state.message = place.message;
    state.snapshot = place.snapshot;
    const auto counted = state.collection_order.find(table.name());
    if (counted != state.collection_order.end() && --counted->second.count == 0) state.collection_order.erase(counted);
    return state;
}

SourceInfo Streaming::source_info(const TableModel* table, Arena& arena) const {
    SourceInfo info{.ts_usec = state_.ts_usec.value_or(0),
                    .tx_id = state_.tx_id,
                    .lsn = state_.lsn,
                    .last_commit = state_.committed,
                    .xmin = state_.xmin};
    if (table != nullptr) {
        info.schema = table->id().schema;
        info.table = table->id().table;
    }
    if (origin_) {
        info.origin = arena.copy(*origin_);
        info.origin_lsn = origin_lsn_;
    }
    return info;
}

Value Streaming::transaction_block(const std::string& collection, Arena& arena) {
    if (!config_.transaction_metadata) return {};
    auto* values = arena.make_array<Value>(3);
    values[0] = Value::string(arena.copy(fmt::format("{}:{}", xid_, number(state_.lsn))));
    values[1] = Value::int64(++total_order_);
    auto& known = state_.collection_order;
    auto& events = known.try_emplace(collection, TableEvents{.place = known.size()}).first->second;
    const auto tables = known.size();
    // The map is cleared after each transaction, but never shrinks.
    if (tables > collection_buckets_ * 3 / 4) collection_buckets_ *= 2;
    values[2] = Value::int64(++events.count);
    return Value::structure({values, 3});
}

void Streaming::on_message(const LogicalMessage& message, Lsn lsn, BatchBuilder& batch) {
    if (message.transactional ? filter_.drops_event(lsn, false) : filter_.drops_plain_message(lsn)) return;
    state_.lsn = lsn;
    state_.processed = lsn;
    state_.events_with_lsn = 0;
    state_.message = MessageType::Logical;
    state_.snapshot = SnapshotKind::None;
    state_.tx_id.reset();
    if (message.transactional) {
        state_.tx_id = xid_;
        state_.ts_usec = commit_usec_;
    } else {
        state_.committed = lsn;
    }
    const bool wanted =
        (config_.message_prefix_include.empty() || config_.message_prefix_include.matches(message.prefix)) &&
        !config_.message_prefix_exclude.matches(message.prefix);
    if (!wanted) return;
    ++counts_.messages;
    counts_.last_event_usec = state_.ts_usec;
    auto& arena = batch.values();
    const bool counted = message.transactional && config_.transaction_metadata;
    const auto transaction = counted ? transaction_block(message_collection(total_order_), arena) : Value();
    batch.add(records_.message(message, source_info(nullptr, arena), transaction,
                               write_offset(stored(), batch.offsets()), arena));
}

void Streaming::heartbeat(BatchBuilder& batch) const {
    batch.add(records_.heartbeat(write_offset(stored(), batch.offsets()), batch.values()));
}

void Streaming::skip_to(Lsn end) {
    state_.lsn = end;
    state_.processed = end;
    state_.committed = end;
    state_.events_with_lsn = 0;
    state_.message = MessageType::Commit;
    state_.snapshot = SnapshotKind::None;
}

void Streaming::mark(const OffsetState& offset, BatchBuilder& batch) {
    SourceRecord record;
    record.source_offset = write_offset(offset, batch.offsets());
    batch.add(std::move(record));
}

}
