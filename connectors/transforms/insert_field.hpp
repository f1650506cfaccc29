/// Adds fields that hold the topic, partition, offset or timestamp of the record, or a constant.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.InsertField.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

namespace millrace::transforms {

class InsertField final : public Transformation {
public:
    explicit InsertField(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    /// What one added field holds.
    enum class Source : std::uint8_t { Topic, Partition, Offset, Timestamp, Constant };
    struct Insertion {
        Source source;
        std::string name;
        SchemaPtr schema;
    };
    struct Plan {
        SchemaPtr schema;
    };
    void add(const Config& config, std::string_view setting, Source source);
    Plan make_plan(const Schema& schema) const;
    /// Null where the record has none.
    Value value_of(const Insertion& insertion, const ConnectRecord& record) const;

    std::vector<Insertion> insertions_;
    std::string constant_;
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
};

}
