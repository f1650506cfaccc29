/// One captured table as it stands in the stream or in a snapshot: schemas, converters and names, made once and shared
/// by all of its records.
#pragma once
#include "connectors/postgres/decoding/message.hpp"
#include "connectors/postgres/source/catalog.hpp"
#include "connectors/postgres/source/topic_naming.hpp"
#include "connectors/postgres/types/column_converter.hpp"

#include <memory>
#include <vector>

namespace millrace::postgres {

/// A column of a row source (a Relation, or the select list of a snapshot), in its order.
struct RowColumn {
    std::string name;
    Oid type = 0;
    Oid catalog_type = 0;  ///< as of ColumnInfo
    std::int32_t typmod = -1;
    bool nullable = true;
    std::optional<std::string> default_expression = {};
    bool from_relation = false;  ///< described by a Relation message, not by the catalog
};

class TableModel {
public:
    struct Setup {
        const SourceConfig& config;
        const TopicNaming& naming;
        const TypeRegistry& types;
        const Logger& logger;
    };
    /// `key` names columns; those that are not among `columns` are dropped from it.
    TableModel(const TableId& id, const std::vector<RowColumn>& columns, const std::vector<std::string>& key,
               const Setup& setup);

    const TableId& id() const noexcept { return id_; }
    const std::string& name() const noexcept { return name_; }  ///< "schema.table"
    const std::string& topic() const noexcept { return topic_; }
    const SchemaPtr& key_schema() const noexcept { return key_schema_; }  ///< null: no key
    const SchemaPtr& envelope_schema() const noexcept { return envelope_schema_; }
    std::size_t columns() const noexcept { return columns_; }
    bool carries_signals() const noexcept { return carries_signals_; }  ///< it is signal.data.collection
    /// Where the column stands in a tuple.
    std::optional<std::size_t> index_of(std::string_view column) const noexcept;
    /// Those of the record's key, in its order.
    std::vector<std::string> key_columns() const;

    struct Lacking {
        std::size_t index;  ///< in the tuple
        std::string_view name;
        bool unavailable;  ///< a placeholder stands for it; else it is null
    };
    /// The columns of the envelope's after that have no value, and no default in its place.
    std::vector<Lacking> lacking(Tuple row, Tuple old_row) const;

    /// The row as the envelope's before or after. `old_row`, where it is complete, has what an unchanged TOAST column
    /// of `row` leaves out. Texts must live as long as the value.
    Value row(Tuple row, Tuple old_row, Arena& arena, Origin origin) const;
    /// Null for a table without a key.
    Value key(Tuple row, Tuple old_row, Arena& arena, Origin origin) const;

private:
    struct ColumnPlan {
        std::size_t index;  ///< in the tuple
        bool nullable;
        std::shared_ptr<const ColumnConverter> converter;
    };

    TableId id_;
    std::string name_;
    std::string topic_;
    std::size_t columns_ = 0;
    bool carries_signals_ = false;
    std::vector<std::string> names_;
    std::vector<ColumnPlan> row_plan_;
    std::vector<ColumnPlan> key_plan_;
    std::optional<std::string> key_field_;  ///< the last field of the key, a constant
    SchemaPtr key_schema_;
    SchemaPtr row_schema_;
    SchemaPtr envelope_schema_;
};

template <class Columns>
std::vector<std::string> column_names(const Columns& columns) {
    std::vector<std::string> names;
    for (const auto& column : columns) names.push_back(column.name);
    return names;
}
/// Those of the table's `columns` that message.key.columns names for it, in the order of the setting; if it names none,
/// `catalog_key`.
std::vector<std::string> key_columns(const SourceConfig& config, const TableId& id,
                                     const std::vector<std::string>& columns,
                                     const std::vector<std::string>& catalog_key);

}
