#include "connectors/postgres/source/offsets.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <tuple>
#include <vector>

namespace millrace::postgres {
namespace {

constexpr std::array<std::string_view, 10> message_types = {"",       "BEGIN",    "COMMIT",  "INSERT", "UPDATE",
                                                            "DELETE", "TRUNCATE", "MESSAGE", "ORIGIN", "NOOP"};
constexpr std::array<std::string_view, 4> snapshot_kinds = {"", "INITIAL", "BLOCKING", "INCREMENTAL"};
// Debezium does not read them: it starts such a snapshot over.
constexpr std::string_view progress_key = "millrace_snapshot_progress";
constexpr std::string_view signals_key = "millrace_signals";
constexpr std::string_view order_prefix = "transaction_data_collection_order_";
constexpr std::array<std::string_view, 7> whole_numbers{"lsn",  "lsn_proc", "lsn_commit", "lsn_events_processed",
                                                        "txId", "ts_usec",  "xmin"};
constexpr std::size_t usual_keys = 12;  // as many as a HashMap of 16 buckets takes

std::uint32_t bucket_hash(std::string_view key) noexcept {
    std::uint32_t hash = 0;
    for (const char c : key) hash = 31 * hash + static_cast<unsigned char>(c);
    return hash ^ (hash >> 16);
}

/// Puts the keys as a HashMap of their number would list them.
void hash_order(std::vector<OffsetEntry>& entries) {
    std::uint32_t buckets = 16;
    while (entries.size() > buckets * 3 / 4) buckets *= 2;
    std::ranges::stable_sort(entries, {}, [&](const OffsetEntry& e) { return bucket_hash(e.key) & (buckets - 1); });
}

void put_incremental(const IncrementalOffset& offset, std::vector<OffsetEntry>& entries, Arena& arena) {
    const auto put = [&](std::string_view key, std::string_view text) {
        if (!text.empty()) entries.push_back({key, Value::string(arena.copy(text))});
    };
    put("incremental_snapshot_collections", offset.collections);
    put("incremental_snapshot_maximum_key", offset.maximum_key);
    put("incremental_snapshot_primary_key", offset.primary_key);
    put("incremental_snapshot_correlation_id", offset.correlation_id);
    put("incremental_snapshot_total_rows", offset.total_rows);
}

OffsetEntries with_more(const OffsetState& state, OffsetEntries plain, Arena& arena) {
    std::vector<OffsetEntry> entries(plain.begin(), plain.end());
    if (state.incremental) put_incremental(*state.incremental, entries, arena);
    if (state.signals > 0) entries.push_back({signals_key, Value::int64(state.signals)});
    if (state.snapshot_progress) {
        entries.push_back({progress_key, Value::string(arena.copy(*state.snapshot_progress))});
    }
    if (!state.transaction_id.empty()) {
        entries.push_back({"transaction_id", Value::string(arena.copy(state.transaction_id))});
    }
    for (const auto& [table, events] : state.collection_order) {
        const auto key = std::string(order_prefix) + table;
        entries.push_back({arena.copy(key), Value::int64(events.count)});
    }
    hash_order(entries);
    auto* kept = arena.make_array<OffsetEntry>(entries.size());
    std::ranges::copy(entries, kept);
    return {kept, entries.size()};
}

bool truth(const Value& value) noexcept {
    return value.kind() == Value::Kind::Boolean ? value.as_boolean()
                                                : value.kind() == Value::Kind::String && value.as_text() == "true";
}

std::optional<std::int64_t> integer(const Value& value) noexcept {
    switch (value.kind()) {
    case Value::Kind::Int8:
    case Value::Kind::Int16:
    case Value::Kind::Int32:
    case Value::Kind::Int64:
        return value.as_integer();
    case Value::Kind::Float32:
    case Value::Kind::Float64:
        return static_cast<std::int64_t>(value.as_double());
    default:
        return {};
    }
}

template <std::size_t N>
std::size_t index_in(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
    const auto at = std::ranges::find(names, name);
    return at == names.end() ? 0 : static_cast<std::size_t>(at - names.begin());
}

IncrementalOffsetPtr read_incremental(OffsetEntries entries) {
    constexpr std::string_view prefix = "incremental_snapshot_";
    auto offset = std::make_shared<IncrementalOffset>();
    for (const auto& [key, value] : entries) {
        if (!key.starts_with(prefix) || value.kind() != Value::Kind::String) continue;
        const auto part = key.substr(prefix.size());
        if (part == "collections") offset->collections = value.as_text();
        if (part == "maximum_key") offset->maximum_key = value.as_text();
        if (part == "primary_key") offset->primary_key = value.as_text();
        if (part == "correlation_id") offset->correlation_id = value.as_text();
        if (part == "total_rows") offset->total_rows = value.as_text();
    }
    return offset->collections.empty() ? nullptr : offset;
}

SnapshotKind snapshot_kind(const Value& value) noexcept {
    if (value.kind() == Value::Kind::Boolean) return value.as_boolean() ? SnapshotKind::Initial : SnapshotKind::None;
    if (value.kind() != Value::Kind::String) return SnapshotKind::None;
    if (value.as_text() == "true") return SnapshotKind::Initial;
    return static_cast<SnapshotKind>(index_in(snapshot_kinds, value.as_text()));
}

}

std::string_view to_string(MessageType type) noexcept { return message_types[static_cast<std::size_t>(type)]; }

bool is_behind(const OffsetState& offset, const OffsetState& other) noexcept {
    const auto place = [](const OffsetState& state) {
        return std::tuple(state.committed.value_or(no_lsn), state.processed.value_or(state.lsn), state.events_with_lsn);
    };
    return place(offset) > place(other);
}

OffsetEntries write_offset(const OffsetState& state, Arena& arena) {
    std::array<OffsetEntry, usual_keys> entries;
    std::size_t size = 0;
    const auto put = [&](std::string_view key, Value value) { entries[size++] = {key, value}; };
    // The order of their hashes; transaction_id and its counters are sorted in where there are any.
    if (state.processed) put("lsn_proc", Value::int64(as_signed(*state.processed)));
    if (state.events_with_lsn > 0) put("lsn_events_processed", Value::int64(state.events_with_lsn));
    if (state.xmin) put("xmin", Value::int64(*state.xmin));
    if (state.snapshot != SnapshotKind::None) put("last_snapshot_record", Value::boolean(state.last_snapshot_record));
    if (state.message != MessageType::None) put("messageType", Value::string(to_string(state.message)));
    if (state.committed) put("lsn_commit", Value::int64(as_signed(*state.committed)));
    put("lsn", Value::int64(as_signed(state.lsn)));
    if (state.tx_id) put("txId", Value::int64(*state.tx_id));
    if (state.ts_usec) put("ts_usec", Value::int64(*state.ts_usec));
    if (state.snapshot != SnapshotKind::None) {
        put("snapshot", Value::string(snapshot_kinds[static_cast<std::size_t>(state.snapshot)]));
        put("snapshot_completed", Value::boolean(state.snapshot_completed));
    }
    const OffsetEntries plain(entries.data(), size);
    if (!state.transaction_id.empty() || !state.collection_order.empty() || state.incremental ||
        state.snapshot_progress || state.signals > 0) {
        return with_more(state, plain, arena);
    }
    // Kept until the record is acknowledged, so not one entry more than there is.
    auto* kept = static_cast<OffsetEntry*>(arena.allocate(plain.size_bytes(), alignof(OffsetEntry)));
    std::uninitialized_copy_n(plain.begin(), size, kept);
    return {kept, size};
}

std::string java_text(const OffsetState& state) {
    Arena arena;
    std::string text;
    for (const auto& [key, value] : write_offset(state, arena)) {
        if (key == progress_key) continue;
        text += fmt::format("{}{}=", text.empty() ? "" : ", ", key);
        if (value.kind() == Value::Kind::String) {
            text += value.as_text();
        } else if (value.kind() == Value::Kind::Boolean) {
            text += value.as_boolean() ? "true" : "false";
        } else {
            text += std::to_string(value.as_integer());
        }
    }
    return "{" + text + "}";
}

OffsetState read_offset(OffsetEntries entries) {
    OffsetState state;
    state.incremental = read_incremental(entries);
    for (const auto& [key, value] : entries) {
        const auto number = integer(value);
        if (key == "lsn" && number) state.lsn = lsn_from_signed(*number);
        if (key == "lsn_proc" && number) state.processed = lsn_from_signed(*number);
        if (key == "lsn_commit" && number) state.committed = lsn_from_signed(*number);
        if (key == "lsn_events_processed" && number) state.events_with_lsn = *number;
        if (key == "txId") state.tx_id = number;
        if (key == "ts_usec") state.ts_usec = number;
        if (key == "xmin") state.xmin = number;
        if (key == "messageType" && value.kind() == Value::Kind::String) {
            state.message = static_cast<MessageType>(index_in(message_types, value.as_text()));
        }
        if (key == "snapshot") state.snapshot = snapshot_kind(value);
        if (key == "snapshot_completed" || key == "last_snapshot_record") {
            // Either of them says that the snapshot is done.
            state.snapshot_completed = state.snapshot_completed || truth(value);
            if (key == "last_snapshot_record") state.last_snapshot_record = truth(value);
        }
        if (key == "transaction_id" && value.kind() == Value::Kind::String) state.transaction_id = value.as_text();
        if (key == signals_key && number) state.signals = *number;
        if (key == progress_key && value.kind() == Value::Kind::String) {
            state.snapshot_progress = std::make_shared<const std::string>(value.as_text());
        }
        if (key.starts_with(order_prefix) && number) {
            auto& tables = state.collection_order;
            const auto found =
                tables.try_emplace(std::string(key.substr(order_prefix.size())), TableEvents{.place = tables.size()});
            found.first->second.count = *number;
        }
    }
    return state;
}

void check_offset(OffsetEntries partition, OffsetEntries offset, std::string_view prefix) {
    const bool is_ours = partition.size() == 1 && partition.front().key == "server" &&
                         partition.front().value.kind() == Value::Kind::String &&
                         (prefix.empty() || partition.front().value.as_text() == prefix);
    if (!is_ours) {
        throw ConnectException(fmt::format(
            "The partition of this connector's offsets has one key: 'server', whose value is topic.prefix '{}'",
            prefix));
    }
    bool has_lsn = false;
    for (const auto& [key, value] : offset) {
        if (value.is_null() || std::ranges::find(whole_numbers, key) == whole_numbers.end()) continue;
        has_lsn = has_lsn || key == "lsn";
        if (integer(value)) continue;
        throw ConnectException(fmt::format("The value for the '{}' key in the offset must be a whole number", key));
    }
    if (!has_lsn) throw ConnectException("Offset objects should either be null or contain the key 'lsn'");
}

OffsetEntries source_partition(std::string_view prefix, Arena& arena) {
    auto* entry = arena.make_array<OffsetEntry>(1);
    *entry = {"server", Value::string(arena.copy(prefix))};
    return {entry, 1};
}

}
