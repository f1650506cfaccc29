#include "worker/runtime/connector_offsets.hpp"

#include "worker/kafka/client_config.hpp"
#include "worker/kafka/producer.hpp"
#include "worker/runtime/group_offsets.hpp"
#include "worker/runtime/offset_order.hpp"

#include <fmt/core.h>

#include <chrono>
#include <functional>
#include <future>
#include <string_view>

namespace millrace::worker {

namespace {

/// As long as REST waits for anything.
constexpr std::chrono::seconds write_limit{90};
constexpr std::chrono::seconds admin_limit{30};

/// The connector's own part in a change; false if it has none.
using OffsetChanger = std::function<bool(const OffsetStore::Entries&)>;

void require_primitives(const OffsetMap& map) {
    for (const auto& [field, value] : map.entries()) {
        const auto kind = value.kind();
        if (kind != Value::Kind::Array && kind != Value::Kind::Map && kind != Value::Kind::Bytes) continue;
        throw DataException(fmt::format("Offsets may only contain primitive types as values, but field {} contains {}",
                                        field,
                                        kind == Value::Kind::Array ? "ARRAY"
                                        : kind == Value::Kind::Map ? "MAP"
                                                                   : "class java.math.BigInteger"));
    }
}

/// Connectors look at an offset before its partition: what they say of the offset comes first.
[[noreturn]] void refuse_null_partition(const OffsetMap& offset, const OffsetChanger& ask) {
    try {
        ask({{OffsetMap(), offset}});
    } catch (const ConnectException& e) {
        if (!std::string_view(e.what()).starts_with("Partition")) throw;
    }
    throw ConnectException("Partition objects cannot be null");
}

OffsetStore::Entries entries_of(ConnectorOffsets wanted, const OffsetChanger& ask) {
    OffsetStore::Entries entries;
    for (auto& [partition, offset] : wanted) {
        if (partition) require_primitives(*partition);
        if (offset) require_primitives(*offset);
        if (partition) {
            entries.emplace_back(std::move(*partition), std::move(offset));
        } else if (offset) {
            refuse_null_partition(*offset, ask);
        }
    }
    return entries;
}

GroupAdmin group_of(const OffsetsOf& of) {
    const auto client = fmt::format("connector-worker-adminclient-{}", of.connector);
    return GroupAdmin(translate(ClientKind::Admin, connector_admin_settings(of.worker, of.settings, client)),
                      sink_group(of.worker, of.settings), of.logger, admin_limit);
}

SinkOffsetChanges sink_changes(const ConnectorOffsets& wanted) {
    SinkOffsetChanges changes;
    for (const auto& [partition, offset] : wanted) {
        changes.push_back(parse_sink_offset(partition ? &*partition : nullptr, offset ? &*offset : nullptr));
    }
    return changes;
}

/// All of them, forgotten.
OffsetStore::Entries tombstones(OffsetStore& store, const std::string& connector) {
    OffsetStore::Entries entries;
    for (auto& [partition, offset] : store.list(connector)) entries.emplace_back(std::move(partition), std::nullopt);
    return entries;
}

void store_all(OffsetStore& store, const std::string& connector, OffsetStore::Entries entries) {
    if (entries.empty()) return;
    const auto stored = std::make_shared<std::promise<void>>();
    auto done = stored->get_future();
    store.write(connector, std::move(entries), [stored](const std::exception_ptr& error) {
        if (error) {
            stored->set_exception(error);
        } else {
            stored->set_value();
        }
    });
    if (done.wait_for(write_limit) != std::future_status::ready) {
        throw ConnectException(
            fmt::format("Timed out while attempting to modify offsets for source connector {}", connector));
    }
    done.get();
}

/// With the id of the first task: what that one may have left behind cannot be committed any more.
void store_in_transaction(const OffsetsOf& of, const OffsetStore::Entries& entries) {
    if (entries.empty()) return;
    const auto producer_id = fmt::format("connector-offset-producer-{}", of.connector);
    const auto settings =
        transactional(source_producer_settings(of.worker, of.settings, producer_id), of.transactional_id);
    Producer producer(translate(ClientKind::Producer, settings), of.logger, [](const Delivery&) {});
    producer.init_transactions({.longest = write_limit});
    of.store.before_transaction(of.connector, entries);
    producer.begin_transaction();
    const auto offsets = of.store.records(of.connector, entries);
    send_all(producer, offsets.topic, offsets.records);
    producer.commit_transaction({.longest = write_limit});
    of.store.after_transaction(of.connector, entries);
}

}

ConnectorOffsets read_offsets(const OffsetsOf& of) {
    if (dynamic_cast<SinkConnector*>(&of.plugin) == nullptr) return source_offsets(of.store, of.connector);
    auto group = group_of(of);
    ConnectorOffsets offsets;
    for (auto& [partition, offset] : sink_offsets(group, of.connector)) {
        offsets.push_back({.partition = std::move(partition), .offset = std::move(offset)});
    }
    return offsets;
}

std::string change_offsets(const OffsetsOf& of, OffsetChange change) {
    if (auto* source = dynamic_cast<SourceConnector*>(&of.plugin)) {
        std::function<void(OffsetStore::Entries)> write;
        if (!of.transactional_id.empty()) {
            write = [&](const OffsetStore::Entries& entries) { store_in_transaction(of, entries); };
        }
        return change_source_offsets(of.store, *source, of.connector, of.settings, std::move(change), write);
    }
    const SinkOffsetTarget target{
        .plugin = dynamic_cast<SinkConnector&>(of.plugin), .connector = of.connector, .settings = of.settings};
    auto group = group_of(of);
    if (!change) return offsets_changed_sentence(true, reset_sink_offsets(group, target));
    return offsets_changed_sentence(false, alter_sink_offsets(group, target, sink_changes(*change)));
}

ConnectorOffsets source_offsets(OffsetStore& store, const std::string& connector) {
    ConnectorOffsets offsets;
    for (auto& [partition, offset] : store.list(connector)) {
        offsets.push_back({.partition = members_in_java_order(partition), .offset = members_in_java_order(offset)});
    }
    order_source_offsets(offsets, connector);
    return offsets;
}

std::string change_source_offsets(OffsetStore& store, SourceConnector& plugin, const std::string& connector,
                                  const Settings& settings, OffsetChange change,
                                  const std::function<void(OffsetStore::Entries)>& write) {
    const bool reset = !change;
    try {
        const OffsetChanger ask = [&](const OffsetStore::Entries& entries) {
            return plugin.alter_offsets(settings, entries);
        };
        auto entries = change ? entries_of(*std::move(change), ask) : tombstones(store, connector);
        const bool by_connector_too = ask(entries);
        write ? write(std::move(entries)) : store_all(store, connector, std::move(entries));
        return offsets_changed_sentence(reset, by_connector_too);
    } catch (const ConnectException&) {
        throw;
    } catch (const std::exception& e) {
        throw ConnectException(
            fmt::format("Failed to modify offsets for source connector {}: {}", connector, e.what()));
    }
}

std::string offsets_changed_sentence(bool reset, bool by_connector_too) {
    const std::string_view done = reset ? "reset" : "altered";
    if (by_connector_too) return fmt::format("The offsets for this connector have been {} successfully", done);
    return fmt::format(
        "The Connect framework-managed offsets for this connector have been {0} successfully. However, if this "
        "connector manages offsets externally, they will need to be manually {0} in the system that the connector "
        "uses.",
        done);
}

}
