/// Adds a header with a constant value, whose type is found out from its text.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.InsertHeader.
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>

namespace millrace::transforms {

class InsertHeader final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::string name_;
    Arena arena_{256};
    SchemaAndValue value_;
    // Records of a source share their headers, so they share the longer ones as well.
    Headers last_seen_;
    Headers last_made_;
};

}
