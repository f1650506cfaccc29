#include "connectors/postgres/source/snapshot.hpp"
#include "connectors/support/java_hash_map.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::string joined(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ",")); }

}

Snapshot::NamedTables Snapshot::in_order(const NamedTables& captured) const {
    NamedTables ordered;
    const auto take = [&](const auto& wanted) {
        for (const auto& table : captured) {
            const bool taken = std::ranges::find(ordered, table) != ordered.end();
            if (!taken && wanted(table.second.text())) ordered.push_back(table);
        }
    };
    const auto order = config_.include_order.empty() ? std::vector<std::string>{".*"} : config_.include_order;
    for (const auto& pattern : order) {
        const RegexList regex(std::vector{pattern});
        take([&](const std::string& name) { return regex.matches(name); });
    }
    take([&](const std::string& name) { return name == config_.signals.table; });
    return ordered;
}

void Snapshot::list(const NamedTables& ordered) {
    std::vector<std::string> all;
    std::vector<std::string> exported;
    for (const auto& [oid, id] : ordered) {
        all.push_back(id.text());
        if (id.text() != config_.signals.table) exported.push_back(id.text());
    }
    lists_ = {.in_progress = joined(in_java_order(exported)), .scanned = joined(all)};
    std::ranges::sort(all);
    lists_.resolved = joined(all);
}

/// All but the signal table, which is never exported.
std::vector<CatalogTable> Snapshot::load(const NamedTables& ordered) {
    list(ordered);
    std::vector<CatalogTable> tables;
    for (const auto& [oid, id] : ordered) {
        if (id.text() == config_.signals.table) continue;
        if (auto table = load_table(connection_, oid)) tables.push_back(std::move(*table));
    }
    return tables;
}

std::vector<CatalogTable> Snapshot::tables_of(const SnapshotRequest& request) {
    auto captured = list_captured_tables(connection_, config_.filters);
    std::vector<std::string> known;
    known.reserve(captured.size());
    for (const auto& [oid, id] : captured) known.push_back(id.text());
    const auto names = resolve_tables(request.tables, known);
    for (const auto& name : names) {
        if (std::ranges::find(known, name) != known.end()) continue;
        logger_.warn("The table '{}' is not captured, so there is no snapshot of it", name);
    }
    std::erase_if(captured,
                  [&](const auto& table) { return std::ranges::find(names, table.second.text()) == names.end(); });
    return load(in_order(captured));
}

std::vector<CatalogTable> Snapshot::tables_in_order() {
    auto captured = list_captured_tables(connection_, config_.filters);
    if (!config_.snapshot.include_collections.empty()) {
        const RegexList included(config_.snapshot.include_collections);
        std::erase_if(captured, [&](const auto& table) { return !included.matches(table.second.text()); });
    }
    auto tables = load(in_order(captured));
    sort_by_rows(tables);
    return tables;
}

/// Debezium counts rows only where it cuts tables into chunks, so there is no other order without threads.
void Snapshot::sort_by_rows(std::vector<CatalogTable>& tables) {
    using Order = SnapshotConfig::Order;
    if (config_.snapshot.order == Order::AsListed || config_.snapshot.threads < 2) return;
    std::map<Oid, std::int64_t> rows;
    for (const auto& table : tables) {
        rows[table.oid] =
            connection_.query(fmt::format("SELECT count(*) FROM {}", quoted(table.id))).integer(0, 0).value_or(0);
    }
    std::ranges::stable_sort(tables, [&](const CatalogTable& one, const CatalogTable& other) {
        const bool most_first = config_.snapshot.order == Order::MostRowsFirst;
        return most_first ? rows[one.oid] > rows[other.oid] : rows[one.oid] < rows[other.oid];
    });
}

}
