/// Gives records another topic: what a regular expression makes of the old one, if that matches it as a whole.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.RegexRouter.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/topic_rewriter.hpp"

namespace millrace::transforms {

class RegexRouter final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::unique_ptr<TopicRewriter> rewriter_;
};

}
