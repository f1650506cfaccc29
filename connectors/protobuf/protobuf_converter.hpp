/// io.confluent.connect.protobuf.ProtobufConverter: Protobuf messages behind the id of their .proto text in a registry.
///
/// Facts    Confluent's ProtobufConverter, ProtobufData and wire format.
#pragma once
#include "connectors/protobuf/protobuf_options.hpp"
#include "connectors/registry/registry_converter.hpp"

namespace millrace::protobuf {

class ProtobufConverter final : public registry::RegistryConverter {
public:
    ProtobufConverter() : RegistryConverter("PROTOBUF", "Protobuf") {}
    void configure(const Settings& settings, bool is_key) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    registry::WritingPlan plan_writing(const SchemaPtr& schema) const override;
    std::unique_ptr<registry::ParsedSchema> parse(const registry::ResolvedSchema& schema) const override;
    bool is_tombstone(const SchemaPtr& schema) const override;
    std::size_t selector_size(std::string_view data) const override;

    ProtobufOptions options_;
    bool skip_known_types_ = true;
};

}
