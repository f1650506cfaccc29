/// Replaces the key or value by one of its fields.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.ExtractField.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/field_path.hpp"
#include "connectors/transforms/side.hpp"

#include <string>

namespace millrace::transforms {

class ExtractField final : public Transformation {
public:
    explicit ExtractField(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    std::string path_text_;
    FieldPath path_;
    bool with_default_ = true;
};

}
