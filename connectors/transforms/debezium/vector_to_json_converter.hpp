/// Turns vectors (of pgvector's types) into JSON texts, for systems that know no vectors.
///
/// Facts   Debezium: io.debezium.transforms.VectorToJsonConverter.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <cstdint>
#include <vector>

namespace millrace::transforms {

class VectorToJsonConverter final : public Transformation {
public:
    void configure(const Settings&) override {}
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }

private:
    enum class Form : std::uint8_t { Same, Vector, SparseVector, Struct };
    struct Column {
        Form form = Form::Same;
        std::vector<Column> fields = {};  ///< of a Struct
    };
    struct Plan {
        SchemaPtr schema;
        std::vector<Column> columns;
        bool changes = false;  ///< otherwise records stay as they are
    };
    static Plan make_plan(const Schema& schema);
    static Value convert(const Schema& schema, const Value& structure, const std::vector<Column>& columns,
                         Arena& arena);
    static bool changes(const Schema& schema, const std::vector<Column>& columns) noexcept;
    static Value convert_field(const Field& field, const Value& value, const Column& column, Arena& arena);

    SchemaCache<Plan> plans_;
};

}
