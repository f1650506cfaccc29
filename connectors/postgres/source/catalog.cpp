#include "connectors/postgres/source/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::vector<std::string> column_of(const Rows& rows) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < rows.size(); ++i) values.push_back(rows.text(i, 0));
    return values;
}

std::vector<std::string> primary_key(Connection& connection, Oid oid) {
    return column_of(connection.query(
        fmt::format("SELECT a.attname FROM pg_catalog.pg_index i CROSS JOIN LATERAL "
                    "unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, position) "
                    "JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum "
                    "WHERE i.indrelid = {} AND i.indisprimary ORDER BY k.position",
                    oid)));
}

/// As JDBC lists indexes: a clustered one first, and with the columns that it merely includes.
std::vector<std::string> first_unique_index(Connection& connection, Oid oid) {
    return column_of(connection.query(fmt::format(
        "SELECT a.attname FROM (SELECT i.indrelid, i.indkey FROM pg_catalog.pg_index i "
        "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = {} AND i.indisunique "
        "AND i.indexprs IS NULL ORDER BY NOT i.indisclustered, c.relname LIMIT 1) i CROSS JOIN LATERAL "
        "unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position) "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY k.position",
        oid)));
}

}

std::string quoted(const TableId& id) { return quote_identifier(id.schema) + "." + quote_identifier(id.table); }

std::vector<std::pair<Oid, TableId>> list_captured_tables(Connection& connection, const TableFilters& filters) {
    const auto rows = connection.query(
        "SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
        "AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')");
    std::vector<std::pair<Oid, TableId>> tables;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        TableId id{rows.text(i, 1), rows.text(i, 2)};
        if (filters.captures(id)) tables.emplace_back(static_cast<Oid>(*rows.integer(i, 0)), std::move(id));
    }
    std::ranges::sort(tables, {}, [](const auto& table) { return table.second.text(); });
    return tables;
}

std::optional<CatalogTable> load_table(Connection& connection, Oid oid) {
    const auto head =
        connection.query(fmt::format("SELECT n.nspname, c.relname, c.relreplident FROM pg_catalog.pg_class c "
                                     "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = {}",
                                     oid));
    if (head.empty()) return {};
    CatalogTable table{.oid = oid,
                       .id = {head.text(0, 0), head.text(0, 1)},
                       .replica_identity = head.text(0, 2).empty() ? 'd' : head.text(0, 2)[0]};
    const std::string generated = connection.server_version() >= 120000 ? "a.attgenerated" : "''";
    const auto rows = connection.query(fmt::format(
        "SELECT a.attname, a.atttypid, a.atttypmod, a.attnotnull OR (t.typtype = 'd' AND t.typnotnull), {0} <> '', "
        "pg_catalog.pg_get_expr(d.adbin, d.adrelid) "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
        "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "WHERE a.attrelid = {1} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        generated, oid));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CatalogColumn column{.name = rows.text(i, 0),
                             .type = static_cast<Oid>(*rows.integer(i, 1)),
                             .typmod = static_cast<std::int32_t>(*rows.integer(i, 2)),
                             .nullable = !rows.flag(i, 3),
                             .generated = rows.flag(i, 4)};
        if (const auto expression = rows.get(i, 5)) column.default_expression = std::string(*expression);
        table.columns.push_back(std::move(column));
    }
    table.key = primary_key(connection, oid);
    table.primary_key = !table.key.empty();
    if (!table.primary_key) table.key = first_unique_index(connection, oid);
    return table;
}

void load_types(Connection& connection, TypeRegistry& types) {
    const auto rows = connection.query(std::string(load_types_sql));
    std::vector<TypeRow> parsed;
    parsed.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::array<std::optional<std::string_view>, load_types_columns> columns;
        for (std::size_t c = 0; c < columns.size(); ++c) columns[c] = rows.get(i, c);
        parsed.push_back(parse_type_row(columns));
    }
    types.add(std::move(parsed));
}

}
