/// io.confluent.connect.avro.AvroConverter: Avro's binary data behind the id of its schema in a registry.
///
/// Facts    Confluent's AvroConverter, AvroData and wire format.
#pragma once
#include "connectors/avro/avro_options.hpp"
#include "connectors/registry/registry_converter.hpp"

namespace millrace::avro {

class AvroConverter final : public registry::RegistryConverter {
public:
    AvroConverter() : RegistryConverter("AVRO", "Avro") {}
    void configure(const Settings& settings, bool is_key) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    registry::WritingPlan plan_writing(const SchemaPtr& schema) const override;
    std::unique_ptr<registry::ParsedSchema> parse(const registry::ResolvedSchema& schema) const override;
    bool is_tombstone(const SchemaPtr& schema) const override;

    AvroOptions options_;
};

}
