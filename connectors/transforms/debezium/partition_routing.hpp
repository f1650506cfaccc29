/// Chooses the partition by the values of some fields, so that rows that belong together stay in their order.
///
/// Facts   Debezium: io.debezium.transforms.partitions.PartitionRouting.
#pragma once
#include "connectors/api/plugin.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::transforms {

class PartitionRouting final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    using Path = std::vector<std::string>;
    /// The sum of the fields' hash codes, or none if the event has none of them.
    std::optional<std::uint32_t> hash_of(const ConnectRecord& event) const;

    std::vector<Path> paths_;
    std::int32_t partitions_ = 1;
    bool murmur_ = false;
};

}
