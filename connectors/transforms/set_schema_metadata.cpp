#include "connectors/transforms/set_schema_metadata.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

namespace millrace::transforms {

namespace {
constexpr ConfigKey keys[] = {
    {.name = "schema.name", .type = ConfigType::String, .importance = Importance::High, .doc = "Schema name to set."},
    {.name = "schema.version",
     .type = ConfigType::Int,
     .importance = Importance::High,
     .doc = "Schema version to set."},
    replace_null_key,
};
}

std::span<const ConfigKey> SetSchemaMetadata::config_keys() const noexcept { return keys; }

void SetSchemaMetadata::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    name_ = config.find("schema.name");
    if (config.find("schema.version")) version_ = config.get_int("schema.version");
    with_default_ = config.get_boolean("replace.null.with.default");
    if (!name_ && !version_) throw ConfigException("Neither schema name nor version configured");
}

bool SetSchemaMetadata::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (!operand.schema) {
        if (operand.value.is_null()) return true;
        throw DataException("Schema required for [updating schema metadata]");
    }
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) {
        auto parts = schema->parts();
        if (name_) parts.name = *name_;
        if (version_) parts.version = *version_;
        return Plan{make_schema(std::move(parts))};
    });
    if (operand.value.kind() == Value::Kind::Struct) {
        const auto old = operand.value.as_values();
        auto* values = arena.make_array<Value>(old.size());
        for (std::size_t i = 0; i < old.size(); ++i) {
            const auto& field = operand.schema->fields()[i];
            values[i] = field_value(field, old[i], with_default_);
            require_present(field, values[i]);
        }
        operand.value = Value::structure({values, old.size()});
    }
    operand.schema = plan.schema;
    return true;
}

}
