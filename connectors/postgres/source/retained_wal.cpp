#include "connectors/postgres/source/retained_wal.hpp"

#include "connectors/postgres/client/connection.hpp"

namespace millrace::postgres {

bool retained_wal_is_news(std::int64_t bytes, std::int64_t limit, std::int64_t warned) noexcept {
    if (limit <= 0 || bytes < limit) return false;
    return warned == 0 || bytes / 2 >= warned;
}

std::optional<std::int64_t> read_retained_wal(Connection& connection, const std::string& slot) {
    const auto rows = connection.query(
        "SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() "
        "END, restart_lsn)::bigint FROM pg_replication_slots WHERE restart_lsn IS NOT NULL AND slot_name = " +
        connection.quote_literal(slot));
    if (rows.size() == 0 || !rows.get(0, 0)) return std::nullopt;
    return rows.integer(0, 0);
}

void RetainedWal::tick(Connection& connection, Clock::time_point now) {
    if (now < next_) return;
    next_ = now + settings_.interval;
    try {
        if (const auto bytes = read_retained_wal(connection, settings_.slot)) take(*bytes);
    } catch (const DatabaseError& e) {
        logger_.warn("Cannot see how much WAL is kept for the replication slot '{}', not looking again: {}",
                     settings_.slot, e.what());
        next_ = Clock::time_point::max();
    }
}

void RetainedWal::take(std::int64_t bytes) {
    metrics_.retained_wal(bytes);
    if (bytes < settings_.warn_bytes && warned_bytes_ > 0) {
        logger_.info("The server keeps {} bytes of WAL for the replication slot '{}', less than {} again", bytes,
                     settings_.slot, settings_.warn_bytes);
        warned_bytes_ = 0;
    }
    if (!retained_wal_is_news(bytes, settings_.warn_bytes, warned_bytes_)) return;
    warned_bytes_ = bytes;
    logger_.warn(
        "The server keeps {} bytes of WAL for the replication slot '{}', more than millrace.retained.wal.warn.bytes "
        "({}). It goes when records reach Kafka and their offsets are committed: see whether the connector keeps up, "
        "whether a transaction has been open for long, and whether the server's disk has room",
        bytes, settings_.slot, settings_.warn_bytes);
}

}
