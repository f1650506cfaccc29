/// The captured tables of a session by relation, each with the model that its latest Relation message and the catalog
/// give. Models are kept for the life of the task, because records in flight point into them.
#pragma once
#include "connectors/postgres/source/enum_labels.hpp"
#include "connectors/postgres/source/table_model.hpp"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace millrace::postgres {

class TableCache {
public:
    TableCache(const SourceConfig& config, Logger logger)
        : config_(config), naming_(config.topics), logger_(std::move(logger)) {}

    const TopicNaming& naming() const noexcept { return naming_; }
    TypeRegistry& types() noexcept { return types_; }

    /// A Relation message: looks the table up on `catalog`. Sent again after DDL; an unchanged table keeps its model.
    void update(const Relation& relation, Connection& catalog);
    /// Null if the table is not captured. Throws DataException for a relation that was never described.
    const TableModel* find(std::uint32_t relation) const {
        const auto at = entries_.find(relation);
        if (at == entries_.end()) unknown(relation);
        return at->second.model;
    }
    /// The same for one row of it. A label that its enum got since the relation was described makes the model anew.
    const TableModel* find(std::uint32_t relation, Tuple row, Connection& catalog);
    /// The columns of its primary key, or of the unique index in its place.
    const std::vector<std::string>& primary_key(std::uint32_t relation) const { return entries_.at(relation).key; }
    /// For a snapshot: `columns` of `table`, generated ones included, in select order.
    const TableModel& snapshot_model(const CatalogTable& table, const std::vector<CatalogColumn>& columns);

private:
    struct Entry {
        const TableModel* model = nullptr;
        std::string fingerprint = {};
        std::vector<std::string> key = {};
        TableId id = {};
        std::vector<RowColumn> columns = {};
        std::vector<std::string> record_key = {};  ///< `key`, or what message.key.columns says
        EnumLabels labels = {};
    };

    [[noreturn]] void unknown(std::uint32_t relation) const;
    void know_types(const std::vector<RowColumn>& columns, Connection& catalog);
    void make_model(Entry& entry);
    const TableModel& keep(const TableId& id, const std::vector<RowColumn>& columns,
                           const std::vector<std::string>& key);

    const SourceConfig& config_;
    TopicNaming naming_;
    Logger logger_;
    TypeRegistry types_;
    std::unordered_map<std::uint32_t, Entry> entries_;
    std::vector<std::unique_ptr<const TableModel>> models_;
};

}
