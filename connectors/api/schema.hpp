/// The description of a Connect value. Immutable, shared, compared by pointer first: whatever depends on a schema alone
/// is computed once a schema. Facts: Connect API, org.apache.kafka.connect.data.Schema.
#pragma once
#include "connectors/api/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace {

enum class Type : std::uint8_t {
    Int8,
    Int16,
    Int32,
    Int64,
    Float32,
    Float64,
    Boolean,
    String,
    Bytes,
    Array,
    Map,
    Struct
};

std::string_view type_name(Type type) noexcept;  ///< "FLOAT64"

class Schema;
using SchemaPtr = std::shared_ptr<const Schema>;

struct Field {
    std::string name;
    SchemaPtr schema;
};

/// What a schema is made of. `default_value` is copied into the schema; Null means that there is none.
struct SchemaParts {
    Type type = Type::String;
    bool optional = false;
    std::string name = {};
    std::optional<std::int32_t> version = {};
    std::string doc = {};
    std::vector<std::pair<std::string, std::string>> parameters = {};  ///< in the order in which they are written
    Value default_value = {};
    std::vector<Field> fields = {};  ///< of a Struct
    SchemaPtr key = {};              ///< of a Map
    SchemaPtr value = {};            ///< of an Array's element and of a Map
};

class Schema {
public:
    explicit Schema(SchemaParts parts);
    Schema(const Schema&) = delete;
    Schema& operator=(const Schema&) = delete;

    Type type() const noexcept { return parts_.type; }
    bool optional() const noexcept { return parts_.optional; }
    const std::string& name() const noexcept { return parts_.name; }  ///< empty: none
    std::optional<std::int32_t> version() const noexcept { return parts_.version; }
    const std::string& doc() const noexcept { return parts_.doc; }  ///< empty: none
    std::span<const std::pair<std::string, std::string>> parameters() const noexcept { return parts_.parameters; }
    /// The parameter's value, or null if there is none of this name.
    const std::string* parameter(std::string_view name) const noexcept;
    const Value& default_value() const noexcept { return parts_.default_value; }
    std::span<const Field> fields() const noexcept { return parts_.fields; }
    /// Where the field stands in a Struct's values.
    std::optional<std::size_t> index_of(std::string_view field) const noexcept;
    const SchemaPtr& key_schema() const noexcept { return parts_.key; }
    const SchemaPtr& value_schema() const noexcept { return parts_.value; }
    /// To build a changed schema from. Its default_value stays valid as long as this schema lives.
    const SchemaParts& parts() const noexcept { return parts_; }

private:
    Arena defaults_{64};
    SchemaParts parts_;
};

inline SchemaPtr make_schema(SchemaParts parts) { return std::make_shared<const Schema>(std::move(parts)); }

/// Equal in everything, deeply; pointers are compared first.
bool equal(const SchemaPtr& a, const SchemaPtr& b) noexcept;

/// Throws DataException, as ConnectSchema.validateValue does, for a null in a field that must have a value.
[[noreturn]] void refuse_null(std::string_view field, Type type);

struct SchemaAndValue {
    SchemaPtr schema;  ///< null: schemaless
    Value value;
};

}
