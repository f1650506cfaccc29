/// Gives records a topic that holds the old one's name and the record's time.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.TimestampRouter.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/support/java_date_format.hpp"

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
    std::int64_t period_ms_ = 1;                 ///< of that
    std::string time_, with_topic_, new_topic_;  ///< kept for their memory; the last is that of old_topic_ and period_
    std::string old_topic_;
    std::int64_t period_ = 0;
};

}
