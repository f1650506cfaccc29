/// Debezium's converter for bytes that were serialised before, as an outbox has them: bytes go as they are, and
/// anything else (tombstones' keys, heartbeats) to another converter, where one is named.
///
/// Facts   Debezium: io.debezium.converters.BinaryDataConverter and its older ByteArrayConverter, which do the same.
#pragma once
#include "connectors/api/plugin.hpp"

#include <memory>

namespace millrace::converters {

class BinaryDataConverter final : public Converter {
public:
    /// delegate.converter.type: one of the converters that come with the worker; its settings stand below that prefix.
    /// Throws ConfigException if there is no such converter.
    void configure(const Settings& settings, bool is_key) override;
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override;
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::unique_ptr<Converter> delegate_;
};

}
