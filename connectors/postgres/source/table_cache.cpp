#include "connectors/postgres/source/table_cache.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::vector<RowColumn> columns_of(const Relation& relation, const std::optional<CatalogTable>& table) {
    std::vector<RowColumn> columns;
    for (const auto& column : relation.columns) {
        RowColumn row{
            .name = std::string(column.name), .type = column.type, .typmod = column.typmod, .from_relation = true};
        if (table) {
            const auto at = std::ranges::find(table->columns, column.name, &CatalogColumn::name);
            if (at != table->columns.end()) {
                row.nullable = at->nullable;
                row.default_expression = at->default_expression;
                if (at->type != column.type) row.catalog_type = at->type;
            }
        }
        columns.push_back(std::move(row));
    }
    return columns;
}

std::string fingerprint_of(const TableId& id, const std::vector<RowColumn>& columns,
                           const std::vector<std::string>& key) {
    std::string text = id.text();
    for (const auto& c : columns) {
        text += fmt::format("\n{}\t{}\t{}\t{}\t{}\t{}", c.name, c.type, c.catalog_type, c.typmod, c.nullable,
                            c.default_expression.value_or("-"));
    }
    return text + fmt::format("\n{}", fmt::join(key, "\t"));
}

}

void TableCache::unknown(std::uint32_t relation) const {
    throw DataException(fmt::format("A change of relation {} came before the relation was described", relation));
}

void TableCache::know_types(const std::vector<RowColumn>& columns, Connection& catalog) {
    const auto known = [&](const RowColumn& column) { return types_.resolve(column.type, -1).type != nullptr; };
    if (!std::ranges::all_of(columns, known)) load_types(catalog, types_);
}

void TableCache::update(const Relation& relation, Connection& catalog) {
    const TableId id{relation.schema.empty() ? "pg_catalog" : std::string(relation.schema), std::string(relation.name)};
    auto& entry = entries_[relation.id];
    if (!config_.filters.captures(id)) {
        entry = {};
        return;
    }
    const auto table = load_table(catalog, relation.id);
    const auto columns = columns_of(relation, table);
    std::vector<std::string> key;
    if (table) {
        key = table->key;
        if (!table->primary_key && !key.empty()) {
            logger_.warn("Primary keys are not defined for table '{}', defaulting to unique indices", id.table);
        }
    } else if (!entry.key.empty()) {
        key = entry.key;
    } else if (relation.replica_identity == 'd' || relation.replica_identity == 'i') {
        for (const auto& column : relation.columns) {
            if (column.key) key.emplace_back(column.name);
        }
    }
    entry.key = key;
    key = key_columns(config_, id, column_names(columns), key);
    auto fingerprint = fingerprint_of(id, columns, key);
    if (entry.model != nullptr && entry.fingerprint == fingerprint) return;
    know_types(columns, catalog);
    entry.fingerprint = std::move(fingerprint);
    entry.id = id;
    entry.columns = columns;
    entry.record_key = std::move(key);
    make_model(entry);
}

void TableCache::make_model(Entry& entry) {
    entry.model = &keep(entry.id, entry.columns, entry.record_key);
    entry.labels = EnumLabels(entry.columns, types_);
}

const TableModel* TableCache::find(std::uint32_t relation, Tuple row, Connection& catalog) {
    const auto at = entries_.find(relation);
    if (at == entries_.end()) unknown(relation);
    auto& entry = at->second;
    if (entry.model == nullptr || entry.labels.empty()) return entry.model;
    auto label = entry.labels.unknown(row);
    if (!label) return entry.model;
    logger_.info("The enum label '{}' in table '{}' is new: types are read again", *label, entry.id.text());
    load_types(catalog, types_);
    make_model(entry);
    // A label that is gone meanwhile would be asked for with every row.
    while ((label = entry.labels.unknown(row))) entry.labels.tolerate(std::move(*label));
    return entry.model;
}

const TableModel& TableCache::snapshot_model(const CatalogTable& table, const std::vector<CatalogColumn>& columns) {
    std::vector<RowColumn> row;
    for (const auto& c : columns) {
        row.push_back({.name = c.name,
                       .type = c.type,
                       .typmod = c.typmod,
                       .nullable = c.nullable,
                       .default_expression = c.default_expression});
    }
    return keep(table.id, row, key_columns(config_, table.id, column_names(table.columns), table.key));
}

const TableModel& TableCache::keep(const TableId& id, const std::vector<RowColumn>& columns,
                                   const std::vector<std::string>& key) {
    const TableModel::Setup setup{.config = config_, .naming = naming_, .types = types_, .logger = logger_};
    models_.push_back(std::make_unique<const TableModel>(id, columns, key, setup));
    return *models_.back();
}

}
