#include "connectors/postgres/incremental/snapshot_state.hpp"

#include "connectors/postgres/incremental/java_object.hpp"
#include "connectors/support/json.hpp"

#include <charconv>

namespace millrace::postgres {
namespace {

constexpr std::string_view id_key = "incremental_snapshot_collections_id";
constexpr std::string_view condition_key = "incremental_snapshot_collections_additional_condition";
constexpr std::string_view surrogate_key = "incremental_snapshot_collections_surrogate_key";
constexpr std::string_view correlation_key = "incremental_snapshot_collections_correlation_id";

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

std::string text_at(const json::Node& object, std::string_view key) {
    const auto* node = object.find(key);
    return node == nullptr || !node->is_string() ? std::string() : std::string(node->text());
}

}

IncrementalOffsetPtr to_offset(const IncrementalSnapshotState& state) {
    if (!state.running()) return {};
    auto offset = std::make_shared<IncrementalOffset>();
    json::Writer writer(offset->collections);
    writer.begin_array();
    for (const auto& table : state.tables) {
        writer.begin_object();
        writer.key(id_key).string(table.id);
        writer.key(condition_key).string_or_null(given(table.condition));
        writer.key(surrogate_key).string_or_null(given(table.surrogate_key));
        writer.key(correlation_key).string_or_null(given(table.correlation_id));
        writer.end_object();
    }
    writer.end_array();
    offset->maximum_key = write_java_key(state.maximum);
    offset->primary_key = write_java_key(state.last_sent);
    offset->correlation_id = state.tables.front().correlation_id;
    if (state.total_rows) offset->total_rows = std::to_string(*state.total_rows);
    return offset;
}

IncrementalSnapshotState from_offset(const IncrementalOffset& offset) {
    IncrementalSnapshotState state;
    try {
        const json::Document document(offset.collections);
        for (const auto& table : document.root().elements()) {
            state.tables.push_back({.id = text_at(table, id_key),
                                    .condition = text_at(table, condition_key),
                                    .surrogate_key = text_at(table, surrogate_key),
                                    .correlation_id = text_at(table, correlation_key)});
        }
    } catch (const DataException&) {
        return {};
    }
    state.maximum = read_java_key(offset.maximum_key);
    if (state.maximum) state.last_sent = read_java_key(offset.primary_key);
    std::int64_t rows = 0;
    const auto& digits = offset.total_rows;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), rows).ec == std::errc{}) state.total_rows = rows;
    return state;
}

}
