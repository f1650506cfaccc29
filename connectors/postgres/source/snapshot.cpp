#include "connectors/postgres/source/snapshot.hpp"

#include "connectors/postgres/source/event_failure.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

constexpr std::int64_t report_every_nanos = 10'000'000'000;

char unescaped(char c) noexcept {
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return c;
    }
}

/// Without the semicolon at its end.
std::string statement_of(std::string_view sql) {
    auto statement = trim(sql);
    while (!statement.empty() && (statement.back() == ';' || statement.back() == ' ')) statement.remove_suffix(1);
    return std::string(statement);
}

/// The user's statement, of which each of the table's columns is selected; null stands for those that it does not
/// return.
std::string select_from(const std::string& statement, const Rows& described, const CatalogTable& table,
                        const std::vector<CatalogColumn>& columns) {
    std::vector<std::string> returned;
    std::string aliases;
    for (std::size_t i = 0; i < described.columns(); ++i) {
        returned.emplace_back(described.column_name(i));
        if (std::ranges::find(table.columns, returned.back(), &CatalogColumn::name) == table.columns.end()) {
            throw ConnectException(fmt::format(
                "snapshot.select.statement.overrides.{} returns the column '{}', which the table does not have",
                table.id.text(), returned.back()));
        }
        aliases += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    }
    std::string list;
    for (const auto& column : columns) {
        const auto at = std::ranges::find(returned, column.name) - returned.begin();
        const bool there = static_cast<std::size_t>(at) < returned.size();
        list += fmt::format("{}{}", list.empty() ? "" : ", ", there ? fmt::format("c{}", at) : "NULL");
    }
    return fmt::format("SELECT {} FROM ({}\n) AS own({})", list, statement, aliases);
}

void lock(Connection& connection, const TableId& table, std::chrono::milliseconds timeout) {
    try {
        connection.query(fmt::format("LOCK TABLE {} IN ACCESS SHARE MODE", quoted(table)));
    } catch (const DatabaseError& e) {
        if (e.sqlstate != sqlstate::lock_not_available) throw;
        throw DatabaseError(
            fmt::format("The table {} has been locked by another transaction for longer than snapshot.lock.timeout.ms "
                        "({}), see pg_locks: end that transaction, raise the setting, or set "
                        "snapshot.locking.mode=none ({})",
                        table.text(), timeout.count(), e.what()),
            e.sqlstate, e.reaction);
    }
}

}

void split_copy_line(char* line, std::size_t size, std::vector<Column>& columns) {
    columns.clear();
    char* const end = line + size;
    char* read = line;
    for (;;) {
        char* const begin = read;
        char* write = read;
        bool null = false;
        // Most columns have no escape: nothing moves until the first one.
        while (read != end && *read != '\t') {
            if (*read != '\\' || read + 1 == end) {
                if (write != read) *write = *read;
                ++write, ++read;
                continue;
            }
            if (read[1] == 'N' && read == begin && (read + 2 == end || read[2] == '\t')) {
                null = true;
                read += 2;
                break;
            }
            *write++ = unescaped(read[1]);
            read += 2;
        }
        columns.push_back(
            null ? Column{.kind = Column::Kind::Null}
                 : Column{.kind = Column::Kind::Text, .text = {begin, static_cast<std::size_t>(write - begin)}});
        if (read == end) return;
        ++read;
    }
}

void Snapshot::notify(std::string_view type, std::vector<std::pair<std::string, std::string>> data) {
    notifier_.send({.type = type, .data = std::move(data)}, has_offset_ ? &row_offset_ : nullptr, batch_);
}

std::string Snapshot::override_for(const TableId& id) const {
    if (request_ != nullptr) return statement_of(request_->filter_of(id.text()));
    for (const auto& [table, sql] : config_.snapshot.overrides) {
        if (table == id.text() || table == config_.connection.database + "." + id.text()) {
            return statement_of(sql);
        }
    }
    return {};
}

OffsetState Snapshot::run(const Start& start, const std::optional<OffsetState>& before) {
    has_offset_ = before.has_value();
    if (before) row_offset_ = *before;
    notify("STARTED");
    abort_on_failure([&] { read_all(start); });
    return done_;
}

void Snapshot::read_all(const Start& start) {
    const auto facts =
        connection_.query("SELECT pg_is_in_recovery(), (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000000)::bigint");
    state_ = {.lsn = start.position, .ts_usec = facts.integer(0, 1), .snapshot = SnapshotKind::Initial};
    if (!facts.flag(0, 0)) {
        const bool modern = connection_.server_version() >= 130000;
        state_.tx_id =
            connection_.query(modern ? "SELECT pg_current_xact_id()::text" : "SELECT txid_current()").integer(0, 0);
    }
    load_types(connection_, tables_.types());
    auto tables = tables_in_order();
    tell_resolved();
    if (config_.snapshot.lock_tables) {
        connection_.query(fmt::format("SET LOCAL lock_timeout = {}", config_.snapshot.lock_timeout.count()));
        for (const auto& table : tables) lock(connection_, table.id, config_.snapshot.lock_timeout);
    }
    logger_.info("Snapshot of {} tables at {}", tables.size(), to_string(start.position));
    row_offset_ = done_ = state_;
    row_offset_.lsn = done_.lsn = start.stream_from;
    has_offset_ = true;
    done_.last_snapshot_record = done_.snapshot_completed = true;
    resume(start, tables);
    read_tables(tables);
}

void Snapshot::run_blocking(const SnapshotRequest& request, const OffsetState& position, const OffsetState& stored) {
    request_ = &request;
    row_offset_ = stored;
    has_offset_ = true;
    notify("STARTED");
    state_ = done_ = position;
    state_.ts_usec =
        connection_.query("SELECT (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000000)::bigint").integer(0, 0);
    row_offset_.snapshot = done_.snapshot = SnapshotKind::Blocking;
    row_offset_.snapshot_completed = row_offset_.last_snapshot_record = false;
    done_.snapshot_completed = done_.last_snapshot_record = true;
    abort_on_failure([&] {
        load_types(connection_, tables_.types());
        const auto tables = tables_of(request);
        logger_.info("Blocking snapshot of {} tables", tables.size());
        tell_resolved();
        read_tables(tables);
    });
}

void Snapshot::abort_on_failure(const std::function<void()>& work) {
    const auto abort = [this] {
        notify("ABORTED");
        hand_over();
    };
    try {
        work();
    } catch (const Interrupted&) {
        throw;  // the next task goes on
    } catch (const DatabaseError&) {
        // What was read need not be read again.
        if (ended_) emit(*ended_, true, false);
        abort();
        throw;
    } catch (...) {
        abort();
        throw;
    }
}

void Snapshot::tell_resolved() { notify("DATA_COLLECTIONS_RESOLVED", {{"data_collections", lists_.resolved}}); }

void Snapshot::read_tables(const std::vector<CatalogTable>& tables) {
    next_report_nanos_ = records_.now() + report_every_nanos;
    first_table_ = tables.empty() ? nullptr : &tables.front();
    const auto more = more_connections(tables.size());
    std::vector<Lane> lanes = {{.connection = &connection_}};
    for (const auto& connection : more) lanes.push_back({.connection = connection.get()});
    read_in_lanes(tables, lanes);
    if (ended_) emit(*ended_, true, true);
    tell_rows();
    row_offset_ = done_;
    // From here on the offset is one of the stream.
    if (request_ == nullptr) row_offset_.snapshot = SnapshotKind::None;
    notify("COMPLETED");
    logger_.info("Snapshot of {} tables and {} rows is complete", tables.size(), rows_);
}

void Snapshot::begin_table(Lane& lane, const CatalogTable& table) {
    const auto statement = override_for(table.id);
    std::vector<CatalogColumn> columns;
    std::string list;
    const auto add = [&](const CatalogColumn& column) {
        columns.push_back(column);
        list += (list.empty() ? "" : ", ") + quote_identifier(column.name);
    };
    const auto key = key_columns(config_, table.id, column_names(table.columns), table.key);
    for (const auto& column : table.columns) {
        const bool in_key = std::ranges::find(key, column.name) != key.end();
        if (in_key || config_.filters.captures_column(table.id, column.name)) add(column);
    }
    if (columns.empty()) std::ranges::for_each(table.columns, add);
    lane.own_statement = !statement.empty();
    lane.whole.reset();
    if (lane.own_statement) {
        lane.statement = select_from(statement, lane.connection->describe(statement), table, columns);
    } else {
        hold_table(*lane.connection, table);
        lane.statement = fmt::format("SELECT {} FROM {}", list, quoted(table.id));
    }
    const auto pieces = lane.own_statement ? std::vector<Piece>(1) : pieces_of(lane, table);
    lane.pieces.assign(pieces.begin(), pieces.end());
    lane.table = &table;
    lane.model = &tables_.snapshot_model(table, columns);
    lane.rows = 0;
    logger_.info("Exporting data from table '{}'", table.id.text());
    notify("IN_PROGRESS",
           {{"data_collections", lists_.in_progress}, {"current_collection_in_progress", table.id.text()}});
    begin_piece(lane);
}

void Snapshot::end_table(Lane& lane) {
    logger_.info("Finished exporting {} records for table '{}'", lane.rows, lane.table->id.text());
    notify("TABLE_SCAN_COMPLETED", {{"scanned_collection", lane.table->id.text()},
                                    {"data_collections", lists_.scanned},
                                    {"total_rows_scanned", std::to_string(lane.rows)},
                                    {"status", "SUCCEEDED"}});
    if (lane.held) {
        if (ended_) emit(*ended_, true, false);
        lane.held->reached = lane.whole;
        ended_ = std::exchange(lane.held, std::nullopt);
    }
    lane.table = nullptr;
}

void Snapshot::row(Lane& lane, std::string_view line) {
    const bool first_in_table = lane.rows++ == 0;
    std::optional<Converted> converted;
    if (!convert_early(*lane.model, line, converted)) return;
    const auto batch = batch_number_;
    if (ended_) {
        emit(*ended_, true, false);
        ended_.reset();
    }
    if (lane.held) {
        emit(*lane.held, false, false);
    } else {
        lane.held.emplace();
    }
    auto& held = *lane.held;
    held.model = lane.model;
    held.line.assign(line);
    held.converted = converted;
    held.batch = batch;
    held.first_in_table = first_in_table;
    held.first = held.first_in_table && lane.table == first_table_;
    held.table = lane.table->oid;
    held.reached.reset();
    if (records_.now() < next_report_nanos_) return;
    next_report_nanos_ = records_.now() + report_every_nanos;
    logger_.info("Exported {} records so far, {} of table '{}'", rows_, lane.rows, lane.model->name());
}

Snapshot::Converted Snapshot::convert(const TableModel& model, std::string_view line) {
    auto& arena = batch_.values();
    auto* text = static_cast<char*>(arena.allocate(line.size() + 1, 1));
    std::ranges::copy(line, text);
    split_copy_line(text, line.size(), columns_);
    if (model.columns() == 0) columns_.clear();  // a table without columns has empty lines
    if (columns_.size() != model.columns()) {
        throw DataException(fmt::format("A row of table {} has {} columns, {} were selected", model.name(),
                                        columns_.size(), model.columns()));
    }
    const auto key = model.key(columns_, {}, arena, Origin::Snapshot);
    return {.key = key, .after = model.row(columns_, {}, arena, Origin::Snapshot)};
}

Snapshot::Converted Snapshot::convert_to_send(const HeldRow& row) {
    if (row.converted && row.batch == batch_number_) return *row.converted;
    try {
        return convert(*row.model, row.line);
    } catch (const DataException&) {
        throw_snapshot_failure(row_offset_);
    }
}

bool Snapshot::convert_early(const TableModel& model, std::string_view line, std::optional<Converted>& to) {
    if (fails_on_bad_rows()) return true;
    try {
        to = convert(model, line);
        return true;
    } catch (const DataException& e) {
        on_bad_row(model.name(), e);
        if (batch_.full()) hand_over();  // of what such rows have left in it
        return false;
    }
}

void Snapshot::emit(const HeldRow& row, bool last_in_table, bool last) {
    const auto& model = *row.model;
    auto& arena = batch_.values();
    std::string_view marker = "true";
    if (last) {
        marker = "last";
    } else if (row.first) {
        marker = "first";
    } else if (last_in_table) {
        marker = "last_in_data_collection";
    } else if (row.first_in_table) {
        marker = "first_in_data_collection";
    }
    ++rows_;
    note_progress(row, last_in_table);
    const auto [key, after] = convert_to_send(row);
    const auto source = records_.source().make({.ts_usec = state_.ts_usec.value_or(0),
                                                .snapshot = marker,
                                                .schema = model.id().schema,
                                                .table = model.id().table,
                                                .tx_id = state_.tx_id,
                                                .lsn = state_.lsn,
                                                .last_commit = state_.committed},
                                               arena);
    if (std::exchange(fresh_batch_, false)) {
        if (std::exchange(progress_changed_, false)) row_offset_.snapshot_progress = to_offset(*progress_);
        shared_offset_ = write_offset(row_offset_, batch_.offsets());
    }
    const auto offset = last ? write_offset(done_, batch_.offsets()) : shared_offset_;
    batch_.add(records_.change(
        model, key, make_envelope({.after = after, .source = source, .op = 'r', .now_nanos = records_.now()}, arena),
        offset));
    if (batch_.full()) hand_over();
}

void Snapshot::hand_over() {
    tell_rows();
    auto batch = batch_.take();
    ++batch_number_;
    fresh_batch_ = true;
    if (!batch.records.empty()) sink_(std::move(batch));
}

void Snapshot::tell_rows() {
    const auto rows = rows_ - std::exchange(told_rows_, rows_);
    if (rows > 0) metrics_.read(static_cast<std::size_t>(rows));
}

}
