#include "connectors/transforms/hoist_field.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

namespace millrace::transforms {

namespace {
constexpr ConfigKey keys[] = {
    {.name = "field",
     .type = ConfigType::String,
     .default_value = required,
     .importance = Importance::Medium,
     .doc = "Field name for the single field that will be created in the resulting Struct or Map."},
};
}

std::span<const ConfigKey> HoistField::config_keys() const noexcept { return keys; }

void HoistField::configure(const Settings& settings) { name_ = ConfigDef(keys).parse(settings).get_string("field"); }

bool HoistField::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (!operand.schema) {
        MapBuilder map(arena, 1);
        map.put(name_, operand.value);
        operand.value = map.value();
        return true;
    }
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) {
        SchemaParts parts{.type = Type::Struct};
        add_field(parts, name_, schema);
        return Plan{make_schema(std::move(parts))};
    });
    require_present(plan.schema->fields()[0], operand.value);
    auto* values = arena.make_array<Value>(1);
    values[0] = operand.value;
    operand.value = Value::structure({values, 1});
    operand.schema = plan.schema;
    return true;
}

}
