/// Replaces a change event by the row as it is now, with what of the event is wanted beside it ("unwrap").
///
/// Without added fields a row's values are not even copied.
/// Facts   Debezium: io.debezium.transforms.ExtractNewRecordState.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/debezium/field_dropper.hpp"
#include "connectors/transforms/debezium/metadata_reference.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <exception>
#include <string>
#include <vector>

namespace millrace::transforms {

class ExtractNewRecordState final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    void read(const Settings& settings);
    enum class Deletes : std::uint8_t { Drop, Tombstone, RewriteWithTombstone, Rewrite, DeleteToTombstone };
    /// A row's schema with all that is added; the failure to make it is that of the records that need it.
    struct ExtendedSchema {
        SchemaPtr schema = {};
        std::exception_ptr failure = {};
        const SchemaPtr& get() const {
            if (failure) std::rethrow_exception(failure);
            return schema;
        }
    };
    /// What is known of one envelope's schema.
    struct Plan {
        std::size_t before_place = 0;
        std::size_t after_place = 0;
        ExtendedSchema after = {};
        ExtendedSchema before = {};  ///< for deletes
        std::vector<MetadataReference::Resolved> fields = {};
        std::vector<MetadataReference::Resolved> headers = {};
    };
    Plan make_plan(const SchemaPtr& schema) const;
    SchemaPtr extended_schema(const SchemaPtr& row, const std::vector<MetadataReference::Resolved>& fields) const;
    bool apply_tombstone(ConnectRecord& record) const;
    bool apply_delete(ConnectRecord& record, const Plan& plan, Arena& arena);
    bool apply_change(ConnectRecord& record, const Plan& plan, Arena& arena);
    void route(ConnectRecord& record, const SchemaPtr& row_schema, const Value& row) const;
    Value extended_row(const SchemaPtr& row_schema, const Value& row, const ConnectRecord& record, const Plan& plan,
                       std::string_view deleted, Arena& arena) const;
    bool rewrites() const noexcept { return deletes_ == Deletes::Rewrite || deletes_ == Deletes::RewriteWithTombstone; }

    Deletes deletes_ = Deletes::Tombstone;
    std::string route_by_;
    bool with_default_ = true;
    std::vector<MetadataReference> fields_;
    std::vector<MetadataReference> headers_;
    FieldDropper dropper_;
    SchemaCache<Plan> plans_;
};

}
