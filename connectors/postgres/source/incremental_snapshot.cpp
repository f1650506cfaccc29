#include "connectors/postgres/source/incremental_snapshot.hpp"

#include "connectors/postgres/source/envelope.hpp"
#include "connectors/postgres/source/event_failure.hpp"
#include "connectors/postgres/source/slot.hpp"
#include "connectors/support/java_hash_map.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::vector<std::string> names_of(const std::deque<IncrementalSnapshotState::Table>& tables) {
    std::vector<std::string> names;
    names.reserve(tables.size());
    for (const auto& table : tables) names.push_back(table.id);
    return names;
}

/// In the order of the ConcurrentHashMap that has them in Debezium: it doubles when three quarters are reached.
std::vector<std::string> known_tables(Connection& connection, const SourceConfig& config) {
    std::vector<std::string> names;
    for (const auto& [oid, id] : list_captured_tables(connection, config.filters)) names.push_back(id.text());
    const auto table = java_table_size(names.size() + 1, 0);
    return in_java_order(std::move(names), table);
}

}

IncrementalSnapshot::IncrementalSnapshot(const Parts& parts, Pause pause, const IncrementalOffsetPtr& resumed)
    : SnapshotWork(parts), pause_for_(std::move(pause)) {
    if (!resumed) return;
    state_ = from_offset(*resumed);
    if (state_.running()) {
        logger_.info("Incremental snapshot in progress, will read new chunk on start: {}", table_list());
    }
}

void IncrementalSnapshot::notify(std::string_view type, std::vector<std::pair<std::string, std::string>> data,
                                 const Outgoing& out) const {
    notifier_.send({.aggregate = aggregate::incremental,
                    .type = type,
                    .id = state_.running() ? state_.tables.front().correlation_id : std::string(),
                    .data = std::move(data)},
                   &out.stored, out.batch);
}

std::string IncrementalSnapshot::table_list() const {
    return fmt::format("{}", fmt::join(names_of(state_.tables), ","));
}

void IncrementalSnapshot::add(const SnapshotRequest& request, const std::string& id, const Outgoing& out) {
    if (config_.signals.table.empty() && !config_.signals.read_only) {
        throw DataException(
            "Incremental snapshot is not properly configured, either sinalling data collection is not provided or "
            "connector-specific snapshotting not set");
    }
    const bool first = !state_.running();
    for (auto& table : resolve_tables(request.tables, known_tables(connection_, config_))) {
        auto condition = request.filter_of(table);
        state_.tables.push_back({.id = std::move(table),
                                 .condition = std::move(condition),
                                 .surrogate_key = request.surrogate_key,
                                 .correlation_id = id});
    }
    if (!state_.running()) return;
    logger_.info("Incremental snapshot of {} was asked for by the signal {}", table_list(), id);
    publish(out.state);
    if (!first) return;
    notify("STARTED", {{"data_collections", table_list()}}, out);
    notify("DATA_COLLECTIONS_RESOLVED", {{"data_collections", table_list()}}, out);
}

void IncrementalSnapshot::stop(const SnapshotRequest& request, const Outgoing& out) {
    if (!state_.running()) {
        logger_.warn("No active incremental snapshot, stop ignored");
        return;
    }
    const auto stopped =
        request.tables.empty() ? names_of(state_.tables) : resolve_tables(request.tables, names_of(state_.tables));
    const auto is_stopped = [&](const auto& table) { return std::ranges::count(stopped, table.id) > 0; };
    const bool current = is_stopped(state_.tables.front());
    const bool all = std::ranges::all_of(state_.tables, is_stopped);
    logger_.info("Incremental snapshot of {} is stopped", fmt::join(stopped, ","));
    if (all) notify("ABORTED", {{"data_collections", fmt::format("{}", fmt::join(stopped, ","))}}, out);
    if (current) {
        window_.rows.clear();
        current_.reset();
        state_.next_table();
    }
    std::erase_if(state_.tables, is_stopped);
    publish(out.state);
}

void IncrementalSnapshot::pause(const Outgoing& out) {
    if (!state_.running() || paused_) return;
    paused_ = true;
    logger_.info("Incremental snapshot of {} is paused", table_list());
    notify("PAUSED", {{"data_collections", table_list()}}, out);
}

void IncrementalSnapshot::resume(const Outgoing& out) {
    if (!state_.running() || !paused_) return;
    paused_ = false;
    logger_.info("Incremental snapshot of {} goes on", table_list());
    notify("RESUMED", {{"data_collections", table_list()}}, out);
}

void IncrementalSnapshot::on_open(std::string_view marker) noexcept {
    if (!window_.id.empty() && marker.starts_with(window_.id)) window_.open = true;
}

bool IncrementalSnapshot::closes(std::string_view marker) const noexcept {
    return !window_.id.empty() && marker.starts_with(window_.id);
}

void IncrementalSnapshot::finish_table(std::string_view status, const Outgoing& out) {
    std::vector<std::pair<std::string, std::string>> data = {
        {"scanned_collection", state_.tables.front().id},
        {"data_collections", table_list()},
        {"total_rows_scanned", std::to_string(current_ ? current_->rows : 0)},
        {"status", std::string(status)}};
    if (status == "SUCCEEDED" && state_.total_rows) data.emplace_back("total_rows", std::to_string(*state_.total_rows));
    logger_.info("Incremental snapshot of '{}' is over: {}, {} rows", state_.tables.front().id, status,
                 current_ ? current_->rows : 0);
    notify("TABLE_SCAN_COMPLETED", std::move(data), out);
    failed_ = status == "SQL_EXCEPTION";
    if (state_.tables.size() == 1) notify("COMPLETED", {}, out);
    state_.next_table();
    current_.reset();
    publish(out.state);
}

void IncrementalSnapshot::read_chunk(TransactionView view, const Outgoing& out) {
    window_ = {};
    window_.view = std::move(view);
    const bool markers = !config_.signals.read_only;
    const auto marker = markers ? write_open_marker() : OpenMarker();
    while (state_.running()) {
        if (prepare_table(out) && fill_window(out)) break;
    }
    if (markers) {
        // As Debezium, which leaves the window open if a statement failed and nothing comes after it.
        if (state_.running() || !failed_) write_close_marker(marker);
        window_.id = marker.chunk;
    } else if (window_.model != nullptr) {
        // From now on, so a change that the chunk shows already may come again, and none is missed.
        window_.open = true;
        window_.at = end_of_wal(connection_);
    }
}

/// True if the first table of the list can be read; false after it was given up.
bool IncrementalSnapshot::prepare_table(const Outgoing& out) {
    if (current_) return true;
    if (!describe_table()) {
        finish_table("UNKNOWN_SCHEMA", out);
    } else if (current_->query.key.empty()) {
        logger_.warn("Incremental snapshot for table '{}' skipped cause the table has no primary keys",
                     state_.tables.front().id);
        finish_table("NO_PRIMARY_KEY", out);
    } else {
        return state_.maximum || find_maximum(out);
    }
    return false;
}

bool IncrementalSnapshot::describe_table() {
    const auto& wanted = state_.tables.front();
    const auto captured = list_captured_tables(connection_, config_.filters);
    const auto at = std::ranges::find(captured, wanted.id, [](const auto& entry) { return entry.second.text(); });
    auto table = at == captured.end() ? std::nullopt : load_table(connection_, at->first);
    if (!table) return false;
    load_types(connection_, tables_.types());
    CurrentTable current;
    current.table = std::move(*table);
    const auto record_key =
        key_columns(config_, current.table.id, column_names(current.table.columns), current.table.key);
    const auto key = wanted.surrogate_key.empty() ? record_key : std::vector{wanted.surrogate_key};
    for (const auto& column : current.table.columns) {
        const bool in_key = std::ranges::count(key, column.name) + std::ranges::count(record_key, column.name) > 0;
        if (column.generated || (!in_key && !config_.filters.captures_column(current.table.id, column.name))) continue;
        current.columns.push_back(column);
        current.query.columns += (current.query.columns.empty() ? "" : ", ") + quote_identifier(column.name);
    }
    for (const auto& name : key) {
        const auto column = std::ranges::find(current.columns, name, &CatalogColumn::name);
        if (column == current.columns.end()) continue;
        current.query.key.push_back({name, column->nullable});
        current.key_types.push_back(column->type);
    }
    current.query.quoted_name = quoted(current.table.id);
    current.query.condition = wanted.condition;
    current.model = &tables_.snapshot_model(current.table, current.columns);
    current.end = state_.last_sent;
    current_ = std::make_unique<CurrentTable>(std::move(current));
    return true;
}

bool IncrementalSnapshot::find_maximum(const Outgoing& out) {
    try {
        const auto rows = connection_.query(maximum_key_query(current_->query).sql);
        if (rows.empty()) {
            finish_table("EMPTY", out);
            return false;
        }
        state_.maximum = key_of(rows, 0);
        state_.total_rows = count_rows(maximum());
    } catch (const DatabaseError& e) {
        if (!e.of_statement()) throw;
        logger_.error("Incremental snapshot of '{}' fails: {}", current_->table.id.text(), e.what());
        finish_table("SQL_EXCEPTION", out);
        return false;
    }
    publish(out.state);
    return true;
}

const RowKey& IncrementalSnapshot::maximum() const {
    MILLRACE_ASSERT(state_.maximum.has_value());
    return *state_.maximum;
}

std::int64_t IncrementalSnapshot::count_rows(const RowKey& maximum) {
    if (current_->query.condition.empty()) {
        const auto estimate = connection_.query(
            fmt::format("SELECT reltuples::bigint FROM pg_catalog.pg_class WHERE oid = {}", current_->table.oid));
        const auto rows = estimate.empty() ? 0 : estimate.integer(0, 0).value_or(0);
        if (rows > 0) return rows;
    }
    const auto count = count_query(current_->query, maximum);
    return connection_.query(count.sql, count.parameters).integer(0, 0).value_or(0);
}

Rows IncrementalSnapshot::read_rows() {
    const auto statement = chunk_query(current_->query, current_->end, maximum(), config_.signals.chunk_size);
    return connection_.query(statement.sql, statement.parameters);
}

RowKey IncrementalSnapshot::key_of(const Rows& rows, std::size_t row) const {
    RowKey key;
    for (std::size_t i = 0; i < current_->query.key.size(); ++i) {
        for (std::size_t c = 0; c < rows.columns(); ++c) {
            if (rows.column_name(c) != current_->query.key[i].name) continue;
            key.push_back(key_value(current_->key_types[i], rows.get(row, c)));
        }
    }
    return key;
}

/// True if there are rows to send; false when the table is at its end.
bool IncrementalSnapshot::fill_window(const Outgoing& out) {
    RowKey last;
    try {
        auto rows = read_rows();
        if (rows.empty()) {
            finish_table("SUCCEEDED", out);
            return false;
        }
        last = key_of(rows, rows.size() - 1);
        current_->end = last;
        current_->rows += static_cast<std::int64_t>(rows.size());
        ++current_->chunks;
        auto key = current_->model->key_columns();
        if (key.empty()) {
            for (const auto& column : current_->query.key) key.push_back(column.name);
        }
        window_.fill(std::move(rows), *current_->model, std::move(key));
    } catch (const DatabaseError& e) {
        if (!e.of_statement()) throw;
        // The table may have changed since it was described.
        const auto before = current_->columns;
        const auto end = current_->end;
        if (describe_table() && current_->columns != before) {
            current_->end = end;
            return fill_window(out);
        }
        logger_.error("Incremental snapshot of '{}' fails: {}", state_.tables.front().id, e.what());
        finish_table("SQL_EXCEPTION", out);
        return false;
    }
    const auto size = config_.signals.chunk_size;
    const auto total = state_.total_rows.value_or(0);
    notify("IN_PROGRESS",
           {{"data_collections", table_list()},
            {"current_collection_in_progress", state_.tables.front().id},
            {"maximum_key", shown(maximum())},
            {"last_processed_key", shown(last)},
            {"total_rows", std::to_string(total)},
            {"total_chunks", std::to_string((total + size - 1) / size)},
            {"chunk_index", std::to_string(current_->chunks)}},
           out);
    return true;
}

void IncrementalSnapshot::send_window(const Outgoing& out) {
    const auto window = std::exchange(window_, {});
    std::vector<std::size_t> left;
    for (const auto& [key, row] : window.rows) left.push_back(row);
    std::ranges::sort(left);
    auto stored = out.stored;
    stored.snapshot = SnapshotKind::Incremental;
    stored.snapshot_completed = stored.last_snapshot_record = false;
    for (const auto index : left) {
        try {
            send_row(window, index, stored, out);
        } catch (const DataException& e) {
            if (fails_on_bad_rows()) throw_event_failure(stored);
            on_bad_row(window.model->name(), e);
        }
    }
    publish(out.state);
}

void IncrementalSnapshot::send_row(const ChunkWindow& window, std::size_t index, OffsetState& stored,
                                   const Outgoing& out) {
    auto& arena = out.batch.values();
    std::vector<Column> columns;
    const auto row = window.row(index, columns);
    for (auto& column : columns) column.text = arena.copy(column.text);
    const auto& model = *window.model;
    const auto key = model.key(row, {}, arena, Origin::Snapshot);
    const auto after = model.row(row, {}, arena, Origin::Snapshot);
    state_.last_sent = key_of(window.source, index);
    publish(stored);
    const auto now = records_.now();
    const auto source = records_.source().make({.ts_usec = now / 1000,
                                                .ts_nanos_rest = now % 1000,
                                                .snapshot = "incremental",
                                                .schema = model.id().schema,
                                                .table = model.id().table,
                                                .lsn = out.state.lsn,
                                                .lsn_in_sequence_only = true,
                                                .last_commit = out.state.committed},
                                               arena);
    out.batch.add(records_.change(model, key,
                                  make_envelope({.after = after, .source = source, .op = 'r', .now_nanos = now}, arena),
                                  write_offset(stored, out.batch.offsets())));
}

}
