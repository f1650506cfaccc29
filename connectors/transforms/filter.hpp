/// Drops every record; made for use with a predicate.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.Filter.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::transforms {

class Filter final : public Transformation {
public:
    void configure(const Settings&) override {}
    bool apply(ConnectRecord&, Arena&) override { return false; }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }
};

}
