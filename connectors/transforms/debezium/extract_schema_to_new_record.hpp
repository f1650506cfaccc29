/// Adds a table's columns, with their types in the database, to its change events: the field sourceSchema.
///
/// Facts   Debezium: io.debezium.transforms.ExtractSchemaToNewRecord; the types come with
///         column.propagate.source.type or datatype.propagate.source.type.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/support/name_adjustment.hpp"
#include "connectors/transforms/schema_cache.hpp"

namespace millrace::transforms {

class ExtractSchemaToNewRecord final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }

private:
    struct Plan {
        SchemaPtr schema;
        Value source_schema;  ///< lies in `memory`, or in the record's schema
        std::shared_ptr<Arena> memory;
        SchemaPtr kept;  ///< whose texts `source_schema` points to
    };
    Plan make_plan(const SchemaPtr& schema, const Value& event) const;
    SchemaPtr block_schema() const;

    NameAdjustment adjustment_ = NameAdjustment::None;
    SchemaCache<Plan> plans_;
};

}
