/// Cuts the long texts and bytes of a change event's rows, each by its share, where the record is estimated to be too
/// large.
///
/// Facts   Debezium: io.debezium.transforms.EnforceRecordSize, whose estimate is of Java's memory.
#pragma once
#include "connectors/api/plugin.hpp"

#include <array>

namespace millrace::transforms {

class EnforceRecordSize final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    /// What may be cut of a row, and how much of it there is.
    struct Row {
        std::size_t place = 0;
        std::vector<std::pair<std::size_t, std::int64_t>> fields = {};  ///< place, size
        std::int64_t size = 0;
    };
    Row row_of(const ConnectRecord& record, std::string_view name) const;
    static Value cut(const ConnectRecord& record, const Row& row, std::int64_t excess, Arena& arena);

    std::int64_t most_bytes_ = 0;
    double ratio_ = 1;
    std::int64_t least_field_ = 0;
};

}
