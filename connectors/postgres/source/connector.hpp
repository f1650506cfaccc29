/// io.debezium.connector.postgresql.PostgresConnector: one task that has the connector's own settings.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::postgres {

inline constexpr std::string_view connector_class = "io.debezium.connector.postgresql.PostgresConnector";

class PostgresConnector : public SourceConnector {
public:
    void start(const Settings& settings, ConnectorContext& context) override;
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int max_tasks) override;
    std::string task_class() const override { return "io.debezium.connector.postgresql.PostgresConnectorTask"; }
    /// The table's checks, then a connection: what is wrong with it becomes an error of database.hostname.
    std::vector<ConfigValue> validate(const Settings& settings) override;
    std::span<const ConfigKey> config_keys() const noexcept override;
    std::unique_ptr<SourceTask> make_task() const override;
    ExactlyOnceSupport exactly_once_support(const Settings&) const override { return ExactlyOnceSupport::Supported; }
    bool alter_offsets(const Settings& settings,
                       std::span<const std::pair<OffsetMap, std::optional<OffsetMap>>> offsets) override;

private:
    Settings settings_;
};

}
