#include "connectors/postgres/source/catalog_directory.hpp"

#include "connectors/postgres/source/catalog.hpp"

namespace millrace::postgres {

std::optional<DescribedTable> CatalogDirectory::describe(const std::string& schema, const std::string& table) {
    const auto found = connection_.query(
        "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname = $1 AND c.relname = $2",
        {schema, table});
    if (found.empty()) return {};
    const auto known = load_table(connection_, static_cast<Oid>(found.integer(0, 0).value_or(0)));
    if (!known) return {};
    DescribedTable described{.id = known->oid, .replica_identity = known->replica_identity};
    for (const auto& column : known->columns) {
        described.columns.push_back({.name = column.name, .type = column.type, .typmod = column.typmod});
    }
    return described;
}

}
