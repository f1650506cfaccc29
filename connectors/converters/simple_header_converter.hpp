/// org.apache.kafka.connect.storage.SimpleHeaderConverter: headers as text, with their types guessed on reading.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::converters {

class SimpleHeaderConverter final : public HeaderConverter {
public:
    void configure(const Settings&) override {}
    bool from_connect_header(std::string_view topic, std::string_view key, const SchemaPtr& schema, const Value& value,
                             std::string& out) override;
    SchemaAndValue to_connect_header(std::string_view topic, std::string_view key, std::optional<std::string_view> data,
                                     Arena& arena) override;
};

}
