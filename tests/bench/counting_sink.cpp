// A sink that only counts records: what is measured is the worker. CountingSinkConnector.java is the same for Kafka
// Connect's worker. Built as a plugin: ninja -C build/release counting_sink.
#include "connectors/api/plugin.hpp"

namespace counting {

using namespace millrace;

class CountingTask final : public SinkTask {
public:
    void start(const Settings&, SinkTaskContext& context) override { logger_ = context.logger(); }
    void put(std::span<const SinkRecord> records) override { count_ += records.size(); }
    void stop() noexcept override { logger_.info("Counted {} records", count_); }

private:
    Logger logger_;
    std::size_t count_ = 0;
};

class CountingConnector final : public SinkConnector {
public:
    void start(const Settings& settings, ConnectorContext&) override { settings_ = settings; }
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int max_tasks) override {
        return std::vector<Settings>(static_cast<std::size_t>(max_tasks), settings_);
    }
    std::string task_class() const override { return "counting.CountingSinkTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }
    std::unique_ptr<SinkTask> make_task() const override { return std::make_unique<CountingTask>(); }

private:
    Settings settings_;
};

constexpr PluginDescriptor plugins[] = {
    {PluginType::Sink, "counting.CountingSinkConnector", "1.0", create_plugin<CountingConnector>},
};
constexpr PluginManifest manifest{plugin_abi, "counting", plugins};

}

MILLRACE_PLUGIN(counting::manifest)
