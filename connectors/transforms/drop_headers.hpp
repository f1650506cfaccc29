/// Removes the headers of some names.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.DropHeaders.
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>
#include <vector>

namespace millrace::transforms {

class DropHeaders final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::vector<std::string> names_;
    Headers last_;  ///< what records had last, for most have the same
    Headers last_left_;
};

}
