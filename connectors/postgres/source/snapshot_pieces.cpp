// What an initial snapshot keeps of its progress, and how it goes on from there.
#include "connectors/postgres/source/snapshot.hpp"

#include <fmt/format.h>

namespace millrace::postgres {
namespace {

constexpr std::size_t tables_told_at_once = 200;
constexpr int version_with_partition_tree = 120000;
constexpr int version_with_page_ranges = 140000;  // before, the server reads the whole table for each range

TableFile file_of(Connection& connection, Oid table) {
    const auto rows = connection.query(
        fmt::format("SELECT c.relkind = 'r' AND NOT c.relhassubclass AND a.amname = 'heap', "
                    "pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint, "
                    "pg_catalog.pg_relation_filenode(c.oid) FROM pg_catalog.pg_class c "
                    "LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam WHERE c.oid = {}",
                    table));
    if (rows.empty() || !rows.flag(0, 0)) return {};
    return {.has_pages = true, .pages = rows.integer(0, 1).value_or(0), .file = rows.integer(0, 2).value_or(0)};
}

/// Whether the table, or a partition of it, got another file since the view was taken.
bool rewritten(Connection& connection, Oid table) {
    return connection
        .query(fmt::format("SELECT coalesce(bool_or(c.relfilenode <> pg_catalog.pg_relation_filenode(c.oid)), false) "
                           "FROM pg_catalog.pg_class c WHERE c.relkind = 'r' AND (c.oid = {0} OR c.oid IN "
                           "(SELECT relid FROM pg_catalog.pg_partition_tree({0})))",
                           table))
        .flag(0, 0);
}

std::int64_t pages_in(Connection& connection, std::int64_t bytes) {
    return bytes / connection.query("SHOW block_size").integer(0, 0).value_or(bytes);
}

/// A view has the descriptions of its time, but statements are understood by those of today.
[[noreturn]] void needs_new_view(const CatalogTable& table, std::string_view why) {
    throw DatabaseError(fmt::format("Table '{}' was changed after the snapshot began: {}. The rest needs a new view",
                                    table.id.text(), why),
                        {}, Reaction::Retry);
}

}

void Snapshot::resume(const Start& start, std::vector<CatalogTable>& tables) {
    progress_ = start.progress;
    stream_follows_ = start.stream_follows;
    if (!progress_) return;
    if (connection_.server_version() >= version_with_page_ranges) {
        const auto view =
            connection_.query("SELECT pg_snapshot_xmin(s), pg_snapshot_xmax(s) FROM pg_current_snapshot() s");
        transactions_ = view.integer(0, 0).value_or(0);
        next_transaction_ = view.integer(0, 1).value_or(0);
        pages_at_once_ = pages_in(connection_, config_.snapshot.resume_bytes);
    }
    if (progress_->done.empty() && progress_->parts.empty()) return;
    row_offset_.snapshot_progress = to_offset(*progress_);
    const auto all = tables.size();
    std::erase_if(tables, [&](const CatalogTable& table) { return progress_->done.contains(table.oid); });
    logger_.info("The snapshot goes on: {} of {} tables are done, {} are read in part", all - tables.size(), all,
                 progress_->parts.size());
}

void Snapshot::hold_table(Connection& connection, const CatalogTable& table) {
    try {
        // Locked as its rows' readers lock it: from here to the end of the transaction nobody rewrites it.
        connection.query(fmt::format("SELECT FROM {} LIMIT 0", quoted(table.id)));
    } catch (const DatabaseError& e) {
        if (e.sqlstate == sqlstate::undefined_table) needs_new_view(table, e.what());
        throw;
    }
    if (connection.server_version() >= version_with_partition_tree && rewritten(connection, table.oid)) {
        needs_new_view(table, "it was rewritten or truncated, and the snapshot's view would show it empty");
    }
}

std::vector<Piece> Snapshot::pieces_of(Lane& lane, const CatalogTable& table) {
    if (!progress_ || pages_at_once_ <= 0) return std::vector<Piece>(1);
    const auto file = file_of(*lane.connection, table.oid);
    const auto known = progress_->parts.find(table.oid);
    const auto part = known == progress_->parts.end() ? std::nullopt : std::optional(known->second);
    auto plan = plan_pieces(file, pages_at_once_, part, next_transaction_);
    lane.part = plan.goes_on ? *part : SnapshotProgress::Part{.file = file.file, .since = transactions_};
    if (file.has_pages) lane.whole = {.file = file.file, .since = transactions_, .pages = file.pages};
    if (part && !plan.goes_on) progress_->parts.erase(table.oid);
    return std::move(plan.pieces);
}

void Snapshot::begin_piece(Lane& lane) {
    const auto& condition = lane.pieces.front().condition;
    try {
        lane.connection->begin_copy(
            fmt::format("COPY ({}{}{}) TO STDOUT", lane.statement, condition.empty() ? "" : " WHERE ", condition));
    } catch (const DatabaseError& e) {
        if (e.sqlstate == sqlstate::undefined_column && !lane.own_statement) needs_new_view(*lane.table, e.what());
        throw;
    }
}

void Snapshot::end_piece(Lane& lane) {
    const auto pages = lane.pieces.front().pages;
    lane.pieces.pop_front();
    if (lane.pieces.empty()) return end_table(lane);
    if (pages) lane.part.pages = *pages;
    // Without a row there is nothing that could be read twice.
    if (pages && lane.held) lane.held->reached = lane.part;
    begin_piece(lane);
}

void Snapshot::note_progress(const HeldRow& row, bool last_in_table) {
    if (!progress_) return;
    if (last_in_table && stream_follows_) {
        progress_->done.insert(row.table);
        progress_->parts.erase(row.table);
    } else if (row.reached) {
        progress_->parts[row.table] = *row.reached;
    } else {
        return;
    }
    progress_changed_ = true;
    // A long list is not written once a table, but once a batch.
    if (progress_->done.size() + progress_->parts.size() <= tables_told_at_once) fresh_batch_ = true;
}

}
