#include "connectors/postgres/decoding/relation_book.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::postgres {
namespace {

/// Beyond what a catalog gives out in practice.
constexpr std::uint32_t first_unknown_table = 0xF000'0000;

}

Tuple RelationBook::Table::arrange(Tuple row, Column::Kind absent, std::vector<Column>& arranged) const {
    arranged.clear();
    for (const auto& source : sources) {
        arranged.push_back(source && *source < row.size() ? row[*source] : Column{.kind = absent});
    }
    return arranged;
}

bool RelationBook::same(const Known& known, const std::vector<SeenColumn>& columns) {
    return std::ranges::equal(known.seen, columns, [](const KnownColumn& k, const SeenColumn& c) {
        return k.name == c.name && k.type == c.type && (c.modifier.empty() || k.modifier == c.modifier) &&
               k.nullable == c.nullable;
    });
}

bool RelationBook::complete_as_before(Known& known, const std::vector<SeenColumn>& columns) {
    if (columns.empty()) return true;  // of a deleted row without a key nothing is told
    std::vector<std::pair<std::string, bool>> now;
    for (const auto& column : columns) {
        if (!column.nullable) return true;
        now.emplace_back(column.name, *column.nullable);
    }
    const auto before = std::exchange(known.nullabilities, std::move(now));
    return before.empty() || before == known.nullabilities;
}

/// True if every column of the row is one of the table's and was seen with no other modifier.
bool RelationBook::fits(const Known& known, const std::vector<SeenColumn>& columns) {
    return std::ranges::all_of(columns, [&](const SeenColumn& column) {
        const auto& all = known.described.columns;
        const auto at = std::ranges::find(all, column.name, &DescribedTable::Column::name);
        if (at == all.end() || at->type != column.type) return false;
        const auto before = std::ranges::find(known.seen, column.name, &KnownColumn::name);
        return before == known.seen.end() || column.modifier.empty() || before->modifier.empty() ||
               before->modifier == column.modifier;
    });
}

void RelationBook::describe(Known& known, const std::vector<SeenColumn>& columns, std::vector<Message>& messages) {
    auto described = directory_.describe(known.schema, known.name);
    if (!described) {
        described = DescribedTable{.id = first_unknown_table + unknown_tables_++};
        for (const auto& column : columns) described->columns.push_back({std::string(column.name), column.type});
    }
    known.described = std::move(*described);
    Relation relation{.id = known.described.id,
                      .schema = known.schema,
                      .name = known.name,
                      .replica_identity = known.described.replica_identity};
    for (const auto& column : known.described.columns) {
        relation.columns.push_back({.name = column.name, .type = column.type, .typmod = column.typmod});
    }
    messages.emplace_back(std::move(relation));
}

const std::string& RelationBook::key_of(std::string_view schema, std::string_view table) {
    return name_.assign(schema).append(1, '\0').append(table);
}

void RelationBook::forget(std::string_view schema, std::string_view table) { tables_.erase(key_of(schema, table)); }

const RelationBook::Table& RelationBook::see(std::string_view schema, std::string_view table,
                                             const std::vector<SeenColumn>& columns, std::vector<Message>& messages) {
    auto at = tables_.find(key_of(schema, table));
    const bool fresh = at == tables_.end();
    if (fresh) at = tables_.try_emplace(name_).first;
    auto& known = at->second;
    if (fresh) {
        known.schema = schema;
        known.name = table;
    } else if (same(known, columns)) {
        return known;
    }
    const bool complete = complete_as_before(known, columns);
    if (fresh || !complete || !fits(known, columns)) describe(known, columns, messages);
    known.seen.clear();
    for (const auto& column : columns) {
        known.seen.push_back({std::string(column.name), column.type, std::string(column.modifier), column.nullable});
    }
    known.sources.clear();
    for (const auto& column : known.described.columns) {
        const auto source = std::ranges::find(columns, column.name, &SeenColumn::name);
        known.sources.push_back(source == columns.end() ? std::nullopt
                                                        : std::optional<std::size_t>(source - columns.begin()));
    }
    return known;
}

std::string unquoted(std::string_view name) {
    if (name.size() < 2 || name.front() != '"' || name.back() != '"') return std::string(name);
    std::string plain;
    name = name.substr(1, name.size() - 2);
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '"') ++i;
        if (i < name.size()) plain += name[i];
    }
    return plain;
}

QualifiedName parse_qualified_name(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (text[i] == '.' && !quoted) return {unquoted(text.substr(0, i)), unquoted(text.substr(i + 1))};
    }
    throw DataException(fmt::format("'{}' is no name of a schema and a table", text));
}

}
