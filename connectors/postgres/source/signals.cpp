#include "connectors/postgres/source/signals.hpp"

#include "connectors/support/json.hpp"

#include <fmt/format.h>

namespace millrace::postgres {
namespace {

constexpr std::size_t signal_columns = 3;  // id, type, data, whatever their names

std::string text_at(Tuple row, std::size_t column) { return std::string(row[column].text); }

std::string shown(const OffsetState& state) {
    return fmt::format("{{lsn={}, lsn_proc={}, lsn_commit={}, txId={}}}", to_string(state.lsn),
                       state.processed ? to_string(*state.processed) : "null",
                       state.committed ? to_string(*state.committed) : "null",
                       state.tx_id ? std::to_string(*state.tx_id) : "null");
}

}

void Signals::handle(const Signal& signal, const IncrementalSnapshot::Outgoing& out) {
    try {
        act(signal, out);
    } catch (const DataException& e) {
        logger_.warn("The signal '{}' of the type '{}' cannot be carried out: {}", signal.id, signal.type, e.what());
    } catch (const ConfigException& e) {
        logger_.warn("The signal '{}' of the type '{}' cannot be carried out: {}", signal.id, signal.type, e.what());
    }
}

void Signals::act(const Signal& signal, const IncrementalSnapshot::Outgoing& out) {
    if (signal.type == "log") {
        log_message(signal, out.state);
    } else if (signal.type == "execute-snapshot") {
        auto request = parse_snapshot_request(signal.data);
        if (request.tables.empty()) throw DataException("data-collections names no table");
        if (request.type == SnapshotType::Blocking) {
            blocking_.push_back({signal.id, std::move(request)});
        } else {
            incremental_.add(request, signal.id, out);
        }
    } else if (signal.type == "stop-snapshot") {
        incremental_.stop(parse_snapshot_request(signal.data), out);
    } else if (signal.type == "pause-snapshot") {
        incremental_.pause(out);
    } else if (signal.type == "resume-snapshot") {
        incremental_.resume(out);
    } else if (signal.type != "schema-changes") {
        logger_.warn("Signal '{}' has been received but the type '{}' is not recognized", signal.id, signal.type);
    }
}

void Signals::log_message(const Signal& signal, const OffsetState& state) const {
    const json::Document data(signal.data);
    const auto* message = data.root().find("message");
    if (message == nullptr || !message->is_string()) throw DataException("data has no message");
    std::string text(message->text());
    constexpr std::string_view placeholder = "{}";
    if (const auto at = text.find(placeholder); at != std::string::npos) {
        text.replace(at, placeholder.size(), shown(state));
    }
    logger_.info("{}", text);
}

void Signals::on_row(Tuple row, const IncrementalSnapshot::Outgoing& out) {
    if (row.size() < signal_columns) {
        logger_.warn("The signal table {} needs the columns id, type and data", config_.signals.table);
        return;
    }
    const Signal signal{.id = text_at(row, 0), .type = text_at(row, 1), .data = text_at(row, 2)};
    if (signal.type == "snapshot-window-open") {
        incremental_.on_open(signal.id);
    } else if (signal.type == "snapshot-window-close") {
        if (incremental_.closes(signal.id)) incremental_.send_window(out);
    } else if (config_.signals.source) {
        handle(signal, out);
    }
}

void Signals::on_delete(Tuple old_row, const IncrementalSnapshot::Outgoing& out) {
    if (!config_.signals.insert_delete || old_row.empty()) return;
    if (incremental_.closes(old_row[0].text)) incremental_.send_window(out);
}

Signals::Blocking Signals::take_blocking_snapshot() {
    auto taken = std::move(blocking_.front());
    blocking_.pop_front();
    return taken;
}

}
