/// Conditions under which a transformation works.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.predicates.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/support/regex.hpp"

#include <memory>
#include <string>

namespace millrace::transforms {

class HasHeaderKey final : public Predicate {
public:
    void configure(const Settings& settings) override;
    bool test(const ConnectRecord& record) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::string name_;
};

/// True for a null value, whatever the key and the schemas are.
class RecordIsTombstone final : public Predicate {
public:
    void configure(const Settings&) override {}
    bool test(const ConnectRecord& record) override { return record.value.is_null(); }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }
};

/// True if the pattern matches the whole name of the topic, as earlier transformations left it.
class TopicNameMatches final : public Predicate {
public:
    void configure(const Settings& settings) override;
    bool test(const ConnectRecord& record) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::unique_ptr<Regex> pattern_;
    // Neighbouring records have one topic mostly.
    std::string last_topic_;
    bool last_result_ = false;
};

}
