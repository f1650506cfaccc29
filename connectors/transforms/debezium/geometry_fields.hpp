/// Changes the bytes of all geometries in a struct, wherever they stand in it. The schema stays.
///
/// Facts   Debezium: io.debezium.data.geometry.Geometry. As there, nulls with a default become the default on the way.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace millrace::transforms {

class GeometryFields {
public:
    /// New bytes for those of a geometry with this SRID.
    using Change =
        std::function<std::string_view(std::string_view wkb, std::optional<std::int32_t> srid, Arena& arena)>;

    GeometryFields() = default;
    /// `in_containers`: also those in lists and maps.
    GeometryFields(Change change, bool in_containers) : change_(std::move(change)), in_containers_(in_containers) {}

    /// A record whose value is no struct stays as it is.
    void apply(ConnectRecord& record, Arena& arena);

private:
    /// What is to be done with values of one schema.
    struct Plan {
        bool changes = false;  ///< otherwise nothing
        bool is_geometry = false;
        std::vector<Plan> parts = {};  ///< fields; or the element; or key and value
    };
    Plan make_plan(const Schema& schema) const;
    Value changed(const Schema& schema, const Value& value, const Plan& plan, Arena& arena) const;
    Value changed_struct(const Schema& schema, const Value& value, const Plan& plan, Arena& arena) const;
    Value changed_geometry(const Schema& schema, const Value& value, Arena& arena) const;

    Change change_;
    bool in_containers_ = false;
    SchemaCache<Plan> plans_;
};

}
