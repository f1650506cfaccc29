#include "connectors/postgres/decoding/wal2json.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/temporal.hpp"
#include "connectors/support/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::string_view text_at(const json::Node& object, std::string_view name) {
    const auto* node = object.find(name);
    return node == nullptr ? std::string_view() : node->text();
}

std::uint32_t number_at(const json::Node& object, std::string_view name) {
    const auto* node = object.find(name);
    return node == nullptr ? 0 : static_cast<std::uint32_t>(node->as_integer().value_or(0));
}

Lsn lsn_at(const json::Node& object, std::string_view name) {
    return parse_lsn(text_at(object, name)).value_or(no_lsn);
}

/// 2026-11-21 10:00:00.123456+00
PgMicros time_at(const json::Node& object, std::string_view name) {
    const auto text = text_at(object, name);
    if (text.empty()) return PgMicros{0};
    const auto at = parse_timestamp_with_zone(text);
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(epoch_seconds(at), 1'000'000, &micros) ||
        __builtin_add_overflow(micros, at.time.micros - micros_from_unix_to_2000, &micros)) {
        throw DataException(fmt::format("wal2json message: {} '{}' is beyond PostgreSQL's times", name, text));
    }
    return PgMicros{micros};
}

std::span<const json::Node> columns_at(const json::Node& root, std::string_view name) {
    const auto* node = root.find(name);
    return node == nullptr || !node->is_array() ? std::span<const json::Node>() : node->elements();
}

Column column_of(const json::Node& column, Arena& arena) {
    const auto* value = column.find("value");
    if (value == nullptr || value->is_null()) return {.kind = Column::Kind::Null};
    if (value->kind() == json::Node::Kind::Boolean) {
        return {.kind = Column::Kind::Text, .text = value->as_boolean() ? "t" : "f"};
    }
    if (number_at(column, "typeoid") != oid::bytea) return {.kind = Column::Kind::Text, .text = value->text()};
    // Its prefix is left out.
    return {.kind = Column::Kind::Text, .text = arena.copy(fmt::format("\\x{}", value->text()))};
}

bool same_where_known(Tuple old_key, Tuple row) {
    return std::ranges::equal(old_key, row, [](const Column& old_column, const Column& column) {
        return old_column.kind == Column::Kind::Null || old_column.text == column.text;
    });
}

RelationBook::SeenColumn seen(const json::Node& column) {
    return {.name = text_at(column, "name"), .type = number_at(column, "typeoid"), .modifier = text_at(column, "type")};
}

}

std::span<const Message> Wal2JsonDecoder::decode(std::string_view payload, Arena& arena) {
    messages_.clear();
    const auto root = json::parse(payload, arena);
    const auto action = text_at(root, "action");
    if (action.size() != 1)
        throw DataException(fmt::format("A frame of {} bytes is no message of wal2json", payload.size()));
    switch (action[0]) {
    case 'B':
        messages_.emplace_back(Begin{.final_lsn = lsn_at(root, "lsn"),
                                     .commit_time = time_at(root, "timestamp"),
                                     .xid = number_at(root, "xid")});
        break;
    case 'C':
        messages_.emplace_back(Commit{.commit_lsn = lsn_at(root, "lsn"),
                                      .end_lsn = lsn_at(root, "nextlsn"),
                                      .commit_time = time_at(root, "timestamp")});
        break;
    case 'M': {
        const auto* transactional = root.find("transactional");
        messages_.emplace_back(LogicalMessage{.transactional = transactional != nullptr && transactional->as_boolean(),
                                              .lsn = lsn_at(root, "lsn"),
                                              .prefix = text_at(root, "prefix"),
                                              .content = text_at(root, "content")});
        break;
    }
    case 'I':
    case 'U':
    case 'D':
    case 'T':
        add_row(action[0], root, arena);
        break;
    default:
        throw DataException(fmt::format("A message of wal2json has the unknown action '{}'", action));
    }
    return messages_;
}

void Wal2JsonDecoder::add_row(char action, const json::Node& root, Arena& arena) {
    const auto tuple_at = [&](std::string_view key) -> Tuple {
        columns_.clear();
        raw_row_.clear();
        for (const auto& column : columns_at(root, key)) {
            columns_.push_back(seen(column));
            raw_row_.push_back(column_of(column, arena));
        }
        return raw_row_;
    };
    const auto schema = text_at(root, "schema");
    const auto name = text_at(root, "table");
    auto raw = tuple_at("identity");
    const bool has_old = !raw.empty();
    const auto& table = book_.see(schema, name, columns_, messages_);
    const auto relation = table.described.id;
    const auto old_row = has_old ? table.arrange(raw, Column::Kind::Null, old_row_) : Tuple();
    if (action == 'T') messages_.emplace_back(Truncate{.relations = {relation}});
    if (action == 'D' && has_old) {
        messages_.emplace_back(Delete{.relation = relation, .old_kind = table.old_row(), .old_row = old_row});
    }
    if (action != 'I' && action != 'U') return;
    raw = tuple_at("columns");
    const auto& arranging = book_.see(schema, name, columns_, messages_);
    const auto new_row = arranging.arrange(raw, Column::Kind::UnchangedToast, new_row_);
    if (action == 'I') {
        messages_.emplace_back(Insert{.relation = relation, .row = new_row});
        return;
    }
    const auto kind = arranging.old_row();
    // The key is told of every update; pgoutput tells it only where it changed.
    const bool tells = has_old && (kind == OldRow::Full || !same_where_known(old_row, new_row));
    messages_.emplace_back(Update{.relation = relation,
                                  .old_kind = tells ? kind : OldRow::Absent,
                                  .old_row = tells ? old_row : Tuple(),
                                  .new_row = new_row});
}

}
