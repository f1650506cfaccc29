#include "connectors/transforms/value_to_key.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "fields",
     .type = ConfigType::List,
     .default_value = required,
     .valid = non_empty_distinct_list,
     .importance = Importance::High,
     .doc = "Field names on the record value to extract as the record key.",
     .null_complaint = null_list},
    replace_null_key,
};

constexpr std::string_view purpose = "copying fields from value to key";

}

std::span<const ConfigKey> ValueToKey::config_keys() const noexcept { return keys; }

void ValueToKey::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    fields_ = config.get_list("fields");
    with_default_ = config.get_boolean("replace.null.with.default");
}

ValueToKey::Plan ValueToKey::make_plan(const Schema& schema) const {
    Plan plan;
    SchemaParts parts{.type = Type::Struct};
    for (const auto& name : fields_) {
        const auto place = schema.index_of(name);
        if (!place) throw DataException("Field does not exist: " + name);
        add_field(parts, name, schema.fields()[*place].schema);
        plan.from.push_back(*place);
    }
    plan.schema = make_schema(std::move(parts));
    return plan;
}

bool ValueToKey::apply(ConnectRecord& record, Arena& arena) {
    if (!record.value_schema) {
        const auto entries = require_map(record.value, purpose);
        MapBuilder key(arena, fields_.size());
        for (const auto& name : fields_) {
            const auto* value = find_entry(entries, name);
            key.put(name, value ? *value : Value());
        }
        record.key = key.value();
        record.key_schema = nullptr;
        return true;
    }
    const auto fields = require_struct(record.value_schema, record.value, purpose);
    const auto& plan = plans_.get(record.value_schema, [this](const SchemaPtr& schema) { return make_plan(*schema); });
    auto* values = arena.make_array<Value>(plan.from.size());
    for (std::size_t i = 0; i < plan.from.size(); ++i) {
        const auto& field = plan.schema->fields()[i];
        values[i] = field_value(field, fields[plan.from[i]], with_default_);
        require_present(field, values[i]);
    }
    record.key = Value::structure({values, plan.from.size()});
    record.key_schema = plan.schema;
    return true;
}

}
