/// Removes fields whose names come with each record, in a header: drop.fields.* of ExtractNewRecordState.
///
/// Facts   Debezium: io.debezium.transforms.ExtractNewRecordState.dropFields.
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>
#include <vector>

namespace millrace::transforms {

class FieldDropper {
public:
    struct Options {
        std::string header;  ///< empty: nothing is dropped
        bool from_key = false;
        bool keep_schema_compatible = true;  ///< only optional fields are dropped
    };
    FieldDropper() = default;
    explicit FieldDropper(Options options) : options_(std::move(options)) {}

    void apply(ConnectRecord& record, Arena& arena);

private:
    /// What was done last, for records mostly come in runs.
    struct Step {
        SchemaPtr schema = {};
        std::vector<std::string> names = {};
        SchemaPtr made = {};
        std::vector<std::size_t> kept = {};
    };
    void drop(SchemaPtr& schema, Value& value, const std::vector<std::string>& names, Step& last, Arena& arena) const;

    Options options_;
    Step last_key_;
    Step last_value_;
};

}
