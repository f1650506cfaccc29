#include "connectors/postgres/incremental/chunk_query.hpp"

#include "connectors/postgres/client/connection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::string parameter(Statement& statement, const KeyValue& value) {
    statement.parameters.push_back(value.text);
    return fmt::format("${}", statement.parameters.size());
}

/// The rows behind `key` in the order of the key's columns, where a column may be null: nulls come last.
std::string behind_nullable(const std::vector<KeyColumn>& columns, const RowKey& key, Statement& statement) {
    std::string either;
    std::string equal;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto name = quote_identifier(columns[i].name);
        const bool null = key[i].kind == KeyValue::Kind::Null;
        const auto bound = null ? std::string() : parameter(statement, key[i]);
        if (!null) {
            const auto larger = columns[i].nullable ? fmt::format("({0} > {1} OR {0} IS NULL)", name, bound)
                                                    : fmt::format("{} > {}", name, bound);
            either += fmt::format("{}({}{})", either.empty() ? "" : " OR ", equal, larger);
        }
        equal += null ? fmt::format("{} IS NULL AND ", name)
                      : fmt::format("{0} IS NOT NULL AND {0} = {1} AND ", name, bound);
    }
    return either.empty() ? "FALSE" : "(" + either + ")";
}

std::string behind(const std::vector<KeyColumn>& columns, const RowKey& key, Statement& statement) {
    if (std::ranges::any_of(columns, &KeyColumn::nullable)) return behind_nullable(columns, key, statement);
    if (columns.size() == 1) {
        return fmt::format("{} > {}", quote_identifier(columns[0].name), parameter(statement, key[0]));
    }
    std::string names;
    std::string bounds;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto* comma = i == 0 ? "" : ", ";
        names += comma + quote_identifier(columns[i].name);
        bounds += comma + parameter(statement, key[i]);
    }
    return fmt::format("ROW({}) > ROW({})", names, bounds);
}

std::string order(const std::vector<KeyColumn>& columns, std::string_view direction) {
    std::string list;
    for (const auto& column : columns) {
        list += fmt::format("{}{}{}", list.empty() ? "" : ", ", quote_identifier(column.name), direction);
    }
    return list;
}

std::string where(const std::vector<std::string>& conditions) {
    std::string list;
    for (const auto& condition : conditions) {
        if (!condition.empty()) list += (list.empty() ? " WHERE " : " AND ") + condition;
    }
    return list;
}

std::string in_brackets(const std::string& condition) { return condition.empty() ? "" : "(" + condition + ")"; }

}

Statement maximum_key_query(const ChunkTable& table) {
    return {fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT 1", order(table.key, ""), table.quoted_name,
                        where({in_brackets(table.condition)}), order(table.key, " DESC"))};
}

Statement chunk_query(const ChunkTable& table, const std::optional<RowKey>& from, const RowKey& maximum, int size) {
    Statement statement;
    const auto lower = from ? behind(table.key, *from, statement) : std::string();
    const auto upper = "NOT (" + behind(table.key, maximum, statement) + ")";
    statement.sql = fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT {}", table.columns, table.quoted_name,
                                where({lower, upper, in_brackets(table.condition)}), order(table.key, ""), size);
    return statement;
}

Statement count_query(const ChunkTable& table, const RowKey& maximum) {
    Statement statement;
    const auto upper = "NOT (" + behind(table.key, maximum, statement) + ")";
    statement.sql =
        fmt::format("SELECT COUNT(1) FROM {}{}", table.quoted_name, where({upper, in_brackets(table.condition)}));
    return statement;
}

}
