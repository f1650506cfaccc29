/// What the server's catalogs say of tables: columns, keys, replica identity.
#pragma once
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/types/type_registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::postgres {

struct CatalogColumn {
    std::string name;
    Oid type = 0;
    std::int32_t typmod = -1;
    bool nullable = true;
    bool generated = false;
    std::optional<std::string> default_expression = {};
    bool operator==(const CatalogColumn&) const = default;
};

struct CatalogTable {
    Oid oid = 0;
    TableId id = {};
    char replica_identity = 'd';
    std::vector<CatalogColumn> columns = {};  ///< in attnum order
    /// Primary key, else the first unique index by name without expressions, else empty.
    std::vector<std::string> key = {};
    bool primary_key = false;
    bool operator==(const CatalogTable&) const = default;
};

/// "schema"."table"
std::string quoted(const TableId& id);
/// Base and partitioned tables of the database that pass the filters, sorted.
std::vector<std::pair<Oid, TableId>> list_captured_tables(Connection& connection, const TableFilters& filters);
/// None if there is no such table any more.
std::optional<CatalogTable> load_table(Connection& connection, Oid oid);
void load_types(Connection& connection, TypeRegistry& types);

}
