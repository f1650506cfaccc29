// How a replication session begins: the slot's place, and START_REPLICATION.
#include "connectors/postgres/source/debezium_exception.hpp"
#include "connectors/postgres/source/replication_session.hpp"
#include "connectors/postgres/source/slot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

// A slot that another task has just left is free in a moment. What is shorter than slot.retry.delay.ms does not count.
constexpr milliseconds first_retry_delay{500};
constexpr std::string_view undefined_function = "42883";

using StreamOptions = std::vector<std::pair<std::string, std::string>>;

StreamOptions own_options(OutputPlugin plugin, const ReplicationConfig& config, int server_version) {
    switch (plugin) {
    case OutputPlugin::PgOutput:
        if (server_version < 140000) return {{"proto_version", "1"}, {"publication_names", config.publication}};
        return {{"proto_version", "1"}, {"publication_names", config.publication}, {"messages", "true"}};
    case OutputPlugin::Decoderbufs:
        return {};
    case OutputPlugin::Wal2Json:
        return {{"format-version", "2"},       {"include-xids", "true"},       {"include-timestamp", "true"},
                {"include-lsn", "true"},       {"include-types", "true"},      {"include-typmod", "true"},
                {"include-type-oids", "true"}, {"include-transaction", "true"}};
    }
    return {};
}

/// With slot.stream.params, which win.
StreamOptions stream_options(OutputPlugin plugin, const ReplicationConfig& config, int server_version) {
    auto options = own_options(plugin, config, server_version);
    for (const auto& [name, value] : config.stream_params) {
        const auto at = std::ranges::find(options, name, &StreamOptions::value_type::first);
        if (at == options.end()) {
            options.emplace_back(name, value);
        } else {
            at->second = value;
        }
    }
    return options;
}

/// The same without transactions that come before they have committed.
StreamOptions of_whole_transactions(StreamOptions options) {
    std::erase_if(options, [](const auto& option) { return option.first == "streaming"; });
    for (auto& [name, value] : options) {
        if (name == "proto_version") value = "1";
    }
    return options;
}

}

bool ReplicationSession::advances_slot() const noexcept {
    const auto& r = config_.replication;
    const bool wanted = r.mismatch == OffsetMismatch::TrustOffset || r.mismatch == OffsetMismatch::TrustGreaterLsn;
    return wanted && r.flush_mode != LsnFlushMode::Manual;
}

void ReplicationSession::advance_slot() {
    if (!advances_slot()) return;
    const auto& name = config_.replication.slot;
    const auto slot = find_slot(general_, config_);
    // What is stored, not what was handed over: a crash must find the rest in the slot.
    const auto to = confirmed_.get();
    if (!slot || !slot->confirmed || to <= *slot->confirmed) return;
    logger_.info("The slot '{}' at {} is advanced to the stored offset {}", name, to_string(*slot->confirmed),
                 to_string(to));
    try {
        general_.query(
            fmt::format("SELECT pg_replication_slot_advance({}, '{}')", general_.quote_literal(name), to_string(to)));
    } catch (const DatabaseError& e) {
        if (!e.of_statement()) throw;
        on_failed_advance(to, e);
    }
}

void ReplicationSession::on_failed_advance(Lsn to, const DatabaseError& error) const {
    if (error.sqlstate == undefined_function || error.sqlstate == sqlstate::insufficient_privilege) {
        logger_.warn("The slot cannot be advanced with pg_replication_slot_advance(): {}", error.what());
        return;
    }
    const auto text =
        fmt::format("Cannot seek to the last known offset '{}' on replication slot '{}'. Error from server: {}",
                    to_string(to), config_.replication.slot, error.what());
    switch (config_.on_event_failure) {
    case FailureHandling::Fail:
        throw DebeziumException(text);
    case FailureHandling::Warn:
        logger_.warn("{}", text);
        break;
    case FailureHandling::Skip:
        logger_.debug("{}", text);
        break;
    }
}

std::string ReplicationSession::start_problem(Lsn from, const DatabaseError& error) {
    const auto text = fmt::format("Failed to start replication stream at LSN{{{}}}", to_string(from));
    if (error.sqlstate != sqlstate::object_in_use) return fmt::format("{}: {}", text, error.what());
    const auto& slot = config_.replication.slot;
    const auto holder = slot_holder(general_, slot);
    return fmt::format(
        "{}; when setting up multiple connectors for the same database host, please make sure to use a distinct "
        "replication slot name for each. The replication slot '{}' is in use by {}",
        text, slot, holder.empty() ? "another process" : holder);
}

void ReplicationSession::start() {
    const auto& r = config_.replication;
    auto options = stream_options(plugin_, r, general_.server_version());
    if (whole_transactions_ && plugin_ == OutputPlugin::PgOutput) options = of_whole_transactions(std::move(options));
    const bool streams = std::ranges::find(options, "streaming", &StreamOptions::value_type::first) != options.end();
    if (streams && plugin_ == OutputPlugin::PgOutput) streamed_.emplace(r.spill);
    const auto from = position_.processed.value_or(position_.lsn);
    auto delay = std::min(first_retry_delay, r.retry_delay);
    for (int attempt = 0;;) {
        try {
            advance_slot();
            frames_.start(r.slot, from, options);
            break;
        } catch (const DatabaseError& e) {
            if (e.sqlstate == sqlstate::undefined_file) {
                throw ConnectException(
                    "The offset to start reading from has been removed from the database write-ahead log. Create a new "
                    "snapshot and consider setting of PostgreSQL parameter wal_keep_segments = 0.");
            }
            const auto problem = start_problem(from, e);
            if (e.of_statement()) throw PermanentDebeziumException(problem);
            const bool whole_delay = delay >= r.retry_delay;
            if (e.sqlstate.empty() || r.max_retries == 0 || (whole_delay && attempt >= r.max_retries)) {
                throw DatabaseError(problem, e.sqlstate, e.reaction);
            }
            attempt += whole_delay ? 1 : 0;
            logger_.warn("{}, waiting for {} ms and retrying, attempt number {} over {}", problem, delay.count(),
                         attempt, r.max_retries);
        }
        outlet_.pause(delay);
        delay = std::min(delay * 2, r.retry_delay);
    }
    logger_.info("Streaming from the slot '{}' at {}", r.slot, to_string(from));
}

}
