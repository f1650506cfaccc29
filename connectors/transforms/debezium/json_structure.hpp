/// Structs out of JSON text whose schema nobody has told: found out from the values, all fields optional.
///
/// Output  an object becomes a struct named `name`, objects in it structs named `name.field`; integers INT32 or INT64
/// by
///         size, other numbers FLOAT64.
/// Throws  DataException for text that is no JSON object, arrays of mixed types and numbers that fit in no INT64.
/// Facts   Debezium: io.debezium.transforms.outbox.JsonSchemaData.
#pragma once
#include "connectors/api/schema.hpp"
#include "connectors/support/json.hpp"

#include <string_view>
#include <vector>

namespace millrace::transforms {

class JsonStructure {
public:
    struct Options {
        bool keep_nulls = false;         ///< as optional bytes; otherwise such fields are left out
        bool keep_empty_arrays = false;  ///< as arrays of strings; otherwise left out
    };
    JsonStructure() = default;
    explicit JsonStructure(Options options) : options_(options) {}

    /// The same schema object for equal schemas, as long as they are not too many. Values lie in `arena`.
    SchemaAndValue parse(std::string_view name, std::string_view json, Arena& arena);

private:
    SchemaPtr schema_of(std::string_view name, const json::Node& node) const;
    SchemaPtr element_schema_of(std::string_view name, const json::Node& array) const;
    SchemaPtr known(SchemaPtr schema);

    static constexpr std::size_t most_schemas = 256;
    Options options_;
    std::vector<SchemaPtr> known_;
    std::size_t next_ = 0;  ///< of known_, to be replaced
};

}
