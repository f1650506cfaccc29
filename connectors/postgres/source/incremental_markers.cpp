// The watermarks of incremental snapshots in the signal table.
#include "connectors/postgres/source/incremental_snapshot.hpp"
#include "connectors/postgres/types/temporal.hpp"
#include "connectors/support/json.hpp"

#include <fmt/format.h>

namespace millrace::postgres {
namespace {

/// 2026-11-21T02:41:57.364867522Z
std::string instant(std::int64_t nanos) {
    constexpr std::int64_t second = 1'000'000'000;
    const auto seconds = nanos / second;
    const auto day = date_of_epoch_day(seconds / 86'400);
    const auto of_day = seconds % 86'400;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", day.year, day.month, day.day, of_day / 3600,
                       of_day / 60 % 60, of_day % 60, nanos % second);
}

std::string quoted(std::string_view table) {
    const auto dot = table.find('.');
    return quote_identifier(table.substr(0, dot)) + "." + quote_identifier(table.substr(dot + 1));
}

std::string in_json(std::string_view text) {
    std::string out;
    json::append_string(out, text);
    return out;
}

}

IncrementalSnapshot::OpenMarker IncrementalSnapshot::write_open_marker() {
    const auto& table = state_.tables.front();
    // Read by others, so the blanks count.
    OpenMarker marker{.chunk = random_uuid(),
                      .opened = fmt::format(R"("openWindowTimestamp": "{}")", instant(records_.now())),
                      .about = fmt::format(R"("correlationId": {}, "dataCollectionId": {})",
                                           in_json(table.correlation_id), in_json(table.id))};
    write(fmt::format("INSERT INTO {} VALUES ($1, $2, $3)", quoted(config_.signals.table)),
          {marker.chunk + "-open", "snapshot-window-open", fmt::format("{{{}, {}}}", marker.opened, marker.about)});
    return marker;
}

void IncrementalSnapshot::write_close_marker(const OpenMarker& marker) {
    if (config_.signals.insert_delete) {
        return write(fmt::format("DELETE FROM {} WHERE id = $1", quoted(config_.signals.table)),
                     {marker.chunk + "-open"});
    }
    const auto closed = fmt::format(R"("closeWindowTimestamp": "{}")", instant(records_.now()));
    write(fmt::format("INSERT INTO {} VALUES ($1, $2, $3)", quoted(config_.signals.table)),
          {marker.chunk + "-close", "snapshot-window-close",
           fmt::format("{{{}, {}, {}}}", marker.opened, closed, marker.about)});
}

void IncrementalSnapshot::write(const std::string& sql, const std::vector<std::string>& parameters) {
    for (int attempt = 0;; ++attempt) {
        try {
            connection_.query(sql, parameters);
            return;
        } catch (const DatabaseError& e) {
            if (e.sqlstate == sqlstate::read_only_sql_transaction) {
                throw ConnectException(
                    fmt::format("The incremental snapshot cannot write its watermark to signal.data.collection {}: "
                                "{}. On a standby set read.only=true, which needs no watermarks",
                                config_.signals.table, e.what()));
            }
            const int most = config_.signals.emit_retries;
            if (e.sqlstate.empty() || (most >= 0 && attempt >= most)) {
                throw DatabaseError(
                    fmt::format("The incremental snapshot cannot write its watermark to signal.data.collection {}: {}",
                                config_.signals.table, e.what()),
                    e.sqlstate, e.reaction);
            }
            logger_.warn("The watermark cannot be written, attempt {} follows in {} ms: {}", attempt + 2,
                         config_.signals.emit_back_off.count(), e.what());
            pause_for_(config_.signals.emit_back_off);
        }
    }
}

}
