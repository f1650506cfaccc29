/// Gives records a topic that holds the old one's name and the record's time.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.TimestampRouter.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/java_date_format.hpp"

namespace millrace::transforms {

class TimestampRouter final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::string topic_format_;
    std::string pattern_;
    std::optional<JavaDateFormat> time_format_;  ///< none until the first record: a bad pattern fails that one
};

}
