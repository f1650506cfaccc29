/// Puts the names of the columns that an update changed, and of those it did not, into headers.
///
/// Facts   Debezium: io.debezium.transforms.ExtractChangedRecordState.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <string>

namespace millrace::transforms {

class ExtractChangedRecordState final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    struct Plan {
        Envelope envelope;
    };
    struct ListHeader {
        std::string name;  ///< blank: not wanted
        SchemaPtr schema;
    };
    static ListHeader make_header(const Config& config, std::string_view key);

    ListHeader changed_;
    ListHeader unchanged_;
    SchemaCache<Plan> plans_;
};

}
