/// Drops schema change events of some kinds. PostgreSQL's connector makes none; this is for sinks of other topics.
///
/// Facts   Debezium: io.debezium.transforms.SchemaChangeEventFilter.
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>
#include <vector>

namespace millrace::transforms {

class SchemaChangeEventFilter final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::vector<std::string> excluded_;
};

}
