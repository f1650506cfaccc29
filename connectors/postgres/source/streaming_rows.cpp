// What a row of the stream becomes: records, signals, and news for the incremental snapshot.
#include "connectors/postgres/source/streaming.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::postgres {

void Streaming::count(char op) noexcept {
    auto& counter = op == 'c'   ? counts_.creates
                    : op == 'u' ? counts_.updates
                    : op == 'd' ? counts_.deletes
                                : counts_.truncates;
    ++counter;
    counts_.last_event_usec = state_.ts_usec;
}

SourceRecord Streaming::change(const TableModel& table, const Change& change, Arena& arena) {
    count(change.op);
    const auto source = records_.source().make(source_info(&table, arena), arena);
    const auto transaction = transaction_block(table.name(), arena);
    const auto envelope = make_envelope({.before = change.before,
                                         .after = change.after,
                                         .source = source,
                                         .transaction = transaction,
                                         .op = change.op,
                                         .now_nanos = records_.now()},
                                        arena);
    return records_.change(table, change.key, envelope, {});
}

void Streaming::on_signal(Tuple row, const OffsetState& previous, BatchBuilder& batch) {
    signals_.on_row(row, {batch, state_, previous});
    // Only the blocking snapshot carries out its signal: until then a restart must come to it again.
    if (signals_.wants_blocking_snapshot() && !held_) held_ = previous;
}

void Streaming::on_signal_delete(Tuple old_row, const OffsetState& previous, BatchBuilder& batch) {
    signals_.on_delete(old_row, {batch, state_, previous});
}

Tuple Streaming::completed(std::uint32_t relation, const TableModel& table, Tuple row, Tuple old_row,
                           Arena& arena) const {
    if (reselection_.none()) return row;
    return reselection_.complete(table, tables_.primary_key(relation), row, old_row, arena);
}

void Streaming::on_insert(const Insert& message, Lsn lsn, BatchBuilder& batch) {
    const auto* table = tables_.find(message.relation);
    const bool signal = table != nullptr && table->carries_signals();
    const auto previous = signal ? std::optional(stored()) : std::nullopt;
    if (!take_event(lsn, MessageType::Insert) || table == nullptr) return;
    if (after_lone_insert_ && rows_with_lsn_ == 2) {
        batch.offset_of_last(write_offset(before_first_row(*table), batch.offsets()));
    }
    check_columns(*table, message.row);
    if (signal) on_signal(message.row, *previous, batch);
    if (incremental_.watches(*table, xid_)) incremental_.on_change(*table, message.row);
    if (skips('c')) return;
    table = tables_.find(message.relation, message.row, catalog_);
    auto& arena = batch.values();
    const auto key = table->key(message.row, {}, arena, Origin::Streaming);
    const auto row = completed(message.relation, *table, message.row, {}, arena);
    const auto after = table->row(row, {}, arena, Origin::Streaming);
    auto record = change(*table, {.op = 'c', .key = key, .after = after}, arena);
    record.source_offset = write_offset(stored(), batch.offsets());
    batch.add(std::move(record));
    lone_insert_ = !signal && rows_with_lsn_ == 1;
}

void Streaming::on_update(const Update& message, Lsn lsn, BatchBuilder& batch) {
    const auto* table = tables_.find(message.relation);
    const bool has_old = message.old_kind != OldRow::Absent;
    const auto previous = has_old ? std::optional(stored()) : std::nullopt;
    if (!take_event(lsn, MessageType::Update) || table == nullptr) return;
    check_columns(*table, message.new_row);
    if (has_old) check_columns(*table, message.old_row);
    if (incremental_.watches(*table, xid_)) {
        incremental_.on_change(*table, message.new_row);
        if (has_old) incremental_.on_change(*table, message.old_row);
    }
    table = tables_.find(message.relation, message.new_row, catalog_);
    auto& arena = batch.values();
    const auto key = table->key(message.new_row, message.old_row, arena, Origin::Streaming);
    const auto row = completed(message.relation, *table, message.new_row, message.old_row, arena);
    const auto after = table->row(row, message.old_row, arena, Origin::Streaming);
    Value before;
    if (has_old) {
        before = table->row(message.old_row, {}, arena, Origin::Streaming);
        const auto old_key = table->key(message.old_row, {}, arena, Origin::Streaming);
        if (!(old_key == key)) {
            key_change(*table, {.op = 'd', .key = old_key, .before = before}, {.op = 'c', .key = key, .after = after},
                       *previous, batch);
            return;
        }
    }
    if (skips('u')) return;
    if (config_.skip_unchanged && has_old && before == after) {
        ++counts_.unchanged;
        return;
    }
    auto record = change(*table, {.op = 'u', .key = key, .before = before, .after = after}, arena);
    record.source_offset = write_offset(stored(), batch.offsets());
    batch.add(std::move(record));
}

void Streaming::key_change(const TableModel& table, const Change& removed, const Change& added,
                           const OffsetState& previous, BatchBuilder& batch) {
    auto& arena = batch.values();
    // Only the last of the records may say that the event is done: a crash between them must repeat the first ones.
    const bool adds = !skips('c');
    const auto& after_removal = adds ? previous : stored();
    if (!skips('d')) {
        const auto to_new = records_.headers_with({"__debezium.newkey", table.key_schema(), added.key});
        const auto& after_delete = config_.tombstones_on_delete ? previous : after_removal;
        auto record = change(table, removed, arena);
        record.headers = to_new;
        record.source_offset = write_offset(after_delete, batch.offsets());
        batch.add(std::move(record));
        if (config_.tombstones_on_delete) {
            auto tombstone = records_.tombstone(table, removed.key, write_offset(after_removal, batch.offsets()));
            tombstone.headers = to_new;
            batch.add(std::move(tombstone));
        }
    }
    if (!adds) return;
    auto record = change(table, added, arena);
    record.headers = records_.headers_with({"__debezium.oldkey", table.key_schema(), removed.key});
    record.source_offset = write_offset(stored(), batch.offsets());
    batch.add(std::move(record));
}

void Streaming::on_delete(const Delete& message, Lsn lsn, BatchBuilder& batch) {
    const auto* table = tables_.find(message.relation);
    const auto previous = stored();
    if (!take_event(lsn, MessageType::Delete) || table == nullptr) return;
    check_columns(*table, message.old_row);
    if (table->carries_signals()) on_signal_delete(message.old_row, previous, batch);
    if (incremental_.watches(*table, xid_)) incremental_.on_change(*table, message.old_row);
    if (skips('d')) return;
    auto& arena = batch.values();
    const auto key = table->key(message.old_row, {}, arena, Origin::Streaming);
    const auto before = table->row(message.old_row, {}, arena, Origin::Streaming);
    auto record = change(*table, {.op = 'd', .key = key, .before = before}, arena);
    const auto done = write_offset(stored(), batch.offsets());
    record.source_offset = config_.tombstones_on_delete ? write_offset(previous, batch.offsets()) : done;
    batch.add(std::move(record));
    if (config_.tombstones_on_delete) batch.add(records_.tombstone(*table, key, done));
}

void Streaming::on_truncate(const Truncate& message, Lsn lsn, BatchBuilder& batch) {
    for (const auto relation : message.relations) {
        const auto* table = tables_.find(relation);
        if (!take_event(lsn, MessageType::Truncate) || table == nullptr) continue;
        if (incremental_.watches(*table, xid_)) incremental_.on_truncate();
        if (skips('t')) continue;
        auto& arena = batch.values();
        auto record = records_.truncate(*table, change(*table, {.op = 't'}, arena).value, {});
        record.source_offset = write_offset(stored(), batch.offsets());
        batch.add(std::move(record));
    }
}

void Streaming::check_columns(const TableModel& table, Tuple row) const {
    if (row.size() == table.columns()) return;
    throw DataException(
        fmt::format("A row of table {} has {} columns, its description {}", table.name(), row.size(), table.columns()));
}

}
