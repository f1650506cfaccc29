/// io.confluent.connect.json.JsonSchemaConverter: JSON behind the id of its JSON Schema in a registry.
///
/// Facts    Confluent's JsonSchemaConverter, JsonSchemaData and wire format.
#pragma once
#include "connectors/json_schema/json_schema_options.hpp"
#include "connectors/registry/registry_converter.hpp"

namespace millrace::json_schema {

class JsonSchemaConverter final : public registry::RegistryConverter {
public:
    JsonSchemaConverter() : RegistryConverter("JSON", "JSON Schema") {}
    void configure(const Settings& settings, bool is_key) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    registry::WritingPlan plan_writing(const SchemaPtr& schema) const override;
    std::unique_ptr<registry::ParsedSchema> parse(const registry::ResolvedSchema& schema) const override;
    bool is_tombstone(const SchemaPtr& schema) const override;

    JsonSchemaOptions options_;
};

}
