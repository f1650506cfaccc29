#include "connectors/transforms/debezium/geometry_fields.hpp"

#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <algorithm>

namespace millrace::transforms {

GeometryFields::Plan GeometryFields::make_plan(const Schema& schema) const {
    Plan plan;
    switch (schema.type()) {
    case Type::Struct:
        plan.is_geometry = schema.name() == "io.debezium.data.geometry.Geometry";
        plan.changes = plan.is_geometry;
        if (plan.is_geometry) return plan;
        for (const auto& field : schema.fields()) {
            plan.parts.push_back(make_plan(*field.schema));
            const bool has_default = !field.schema->default_value().is_null();
            plan.changes = plan.changes || plan.parts.back().changes || has_default;
        }
        return plan;
    case Type::Array:
        if (!in_containers_) return plan;
        plan.parts.push_back(make_plan(*schema.value_schema()));
        break;
    case Type::Map:
        if (!in_containers_) return plan;
        plan.parts.push_back(make_plan(*schema.key_schema()));
        plan.parts.push_back(make_plan(*schema.value_schema()));
        break;
    default:
        return plan;
    }
    plan.changes = std::ranges::any_of(plan.parts, &Plan::changes);
    return plan;
}

Value GeometryFields::changed(const Schema& schema, const Value& value, const Plan& plan, Arena& arena) const {
    if (!plan.changes || value.is_null()) return value;
    if (plan.is_geometry) return changed_geometry(schema, value, arena);
    switch (value.kind()) {
    case Value::Kind::Struct:
        return changed_struct(schema, value, plan, arena);
    case Value::Kind::Array: {
        const auto old = value.as_values();
        auto* values = arena.make_array<Value>(old.size());
        for (std::size_t i = 0; i < old.size(); ++i) {
            values[i] = changed(*schema.value_schema(), old[i], plan.parts[0], arena);
        }
        return Value::array({values, old.size()});
    }
    case Value::Kind::Map: {
        const auto old = value.as_entries();
        auto* entries = arena.make_array<MapEntry>(old.size());
        for (std::size_t i = 0; i < old.size(); ++i) {
            entries[i] = {changed(*schema.key_schema(), old[i].key, plan.parts[0], arena),
                          changed(*schema.value_schema(), old[i].value, plan.parts[1], arena)};
        }
        return Value::map({entries, old.size()});
    }
    default:
        return value;
    }
}

Value GeometryFields::changed_struct(const Schema& schema, const Value& value, const Plan& plan, Arena& arena) const {
    const auto old = value.as_values();
    auto* values = arena.make_array<Value>(old.size());
    for (std::size_t i = 0; i < old.size(); ++i) {
        const auto& field = schema.fields()[i];
        values[i] = changed(*field.schema, field_value(field, old[i], true), plan.parts[i], arena);
    }
    return Value::structure({values, old.size()});
}

Value GeometryFields::changed_geometry(const Schema& schema, const Value& value, Arena& arena) const {
    const auto srid = typed_field(schema, value, "srid", Type::Int32);
    const auto wkb = typed_field(schema, value, "wkb", Type::Bytes);
    if (wkb.is_null()) return value;
    const auto srid_number =
        srid.is_null() ? std::nullopt : std::optional(static_cast<std::int32_t>(srid.as_integer()));
    const auto bytes = change_(wkb.as_text(), srid_number, arena);
    if (bytes.data() == wkb.as_text().data()) return value;
    const auto old = value.as_values();
    auto* values = arena.make_array<Value>(old.size());
    std::ranges::copy(old, values);
    values[place_of(schema, "wkb")] = Value::bytes(bytes);
    return Value::structure({values, old.size()});
}

void GeometryFields::apply(ConnectRecord& record, Arena& arena) {
    if (!record.value_schema || record.value.kind() != Value::Kind::Struct) return;
    const auto& plan = plans_.get(record.value_schema, [&](const SchemaPtr& schema) { return make_plan(*schema); });
    // Debezium looks at the fields of the value itself, so that one which is a geometry stays.
    if (plan.changes && !plan.is_geometry) record.value = changed(*record.value_schema, record.value, plan, arena);
}

}
