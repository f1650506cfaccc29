// Several tables of a snapshot at once, each on a connection of its own.
#include "connectors/postgres/source/connect.hpp"
#include "connectors/postgres/source/snapshot.hpp"

#include <algorithm>

namespace millrace::postgres {
namespace {

/// Lines of one table before another one has its turn.
constexpr int lines_at_once = 1000;

}

std::vector<std::unique_ptr<Connection>> Snapshot::more_connections(std::size_t tables) {
    std::vector<std::unique_ptr<Connection>> more;
    const auto wanted = std::min(tables, static_cast<std::size_t>(config_.snapshot.threads));
    if (wanted < 2 || stop_ == nullptr) return more;
    const auto view = connection_.query("SELECT pg_export_snapshot()").text(0, 0);
    while (more.size() + 1 < wanted) {
        auto connection = connect(config_.connection, application::general, ConnectionMode::Ordinary, *stop_);
        connection->query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        connection->query("SET TRANSACTION SNAPSHOT " + connection->quote_literal(view));
        more.push_back(std::move(connection));
    }
    logger_.info("The snapshot reads up to {} tables at once", wanted);
    return more;
}

void Snapshot::read_in_lanes(const std::vector<CatalogTable>& tables, std::vector<Lane>& lanes) {
    auto next = tables.begin();
    for (;;) {
        bool progress = false;
        std::vector<Connection*> busy;
        for (auto& lane : lanes) {
            if (lane.table == nullptr && next != tables.end()) begin_table(lane, *next++);
            if (lane.table == nullptr) continue;
            busy.push_back(lane.connection);
            progress = read_some(lane) || progress;
        }
        if (busy.empty()) return;
        if (!progress) Connection::wait_for_any(busy);
    }
}

bool Snapshot::read_some(Lane& lane) {
    std::string_view line;
    int lines = 0;
    for (; lines < lines_at_once; ++lines) {
        const auto step = lane.connection->try_copy_line(line);
        if (step == Connection::CopyStep::NothingYet) break;
        if (step == Connection::CopyStep::End) {
            end_piece(lane);
            return true;
        }
        row(lane, line);
    }
    if (lines > 0) metrics_.scanned(lane.table->id.text(), lane.rows);
    return lines > 0;
}

}
