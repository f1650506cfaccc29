/// A source that counts: the smallest connector that does something. Every record's key is the counter's name and its
/// value the number; it goes on behind the last number that was stored.
#include <connectors/api/plugin.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace counter {

using namespace millrace;

std::string positive(std::string_view value) {
    return value.starts_with('-') || value == "0" ? "Value must be at least 1" : "";
}

constexpr ConfigKey keys[] = {
    {.name = "topic",
     .type = ConfigType::String,
     .default_value = required,
     .importance = Importance::High,
     .doc = "Where the numbers go."},
    {.name = "counter",
     .type = ConfigType::String,
     .default_value = "counter",
     .doc = "The counter's name: key of every record and source partition."},
    {.name = "limit", .type = ConfigType::Long, .default_value = "10", .valid = positive, .doc = "The last number."},
    {.name = "batch.size", .type = ConfigType::Int, .default_value = "4", .valid = positive, .doc = "Numbers at once."},
};

class CounterTask final : public SourceTask {
public:
    void start(const Settings& settings, SourceTaskContext& context) override {
        const auto config = ConfigDef(keys).parse(settings);
        topic_ = config.get_string("topic");
        name_ = config.get_string("counter");
        limit_ = config.get_long("limit");
        batch_size_ = config.get_long("batch.size");
        const OffsetEntry partition[] = {{"counter", Value::string(name_)}};
        if (const auto stored = context.offset(partition)) {
            if (const auto* number = stored->find("number")) last_ = number->as_integer();
        }
        context.logger().info("{} goes on behind {}", name_, last_);
    }
    SourceBatch poll(std::stop_token stop, std::chrono::milliseconds max_wait) override {
        SourceBatch batch;
        if (last_ == limit_) {
            wait(std::move(stop), max_wait);
            return batch;
        }
        batch.values = std::make_shared<Arena>();
        batch.offsets = std::make_shared<Arena>();
        auto* partition = batch.offsets->make_array<OffsetEntry>(1);
        partition[0] = {"counter", Value::string(name_)};
        batch.partitions.push_back({partition, 1});
        for (const auto end = std::min(last_ + batch_size_, limit_); last_ < end;) {
            ++last_;
            auto* offset = batch.offsets->make_array<OffsetEntry>(1);
            offset[0] = {"number", Value::int64(last_)};
            auto& record = batch.records.emplace_back();
            record.topic = topic_;
            record.key_schema = key_schema_;
            record.key = Value::string(name_);
            record.value_schema = value_schema_;
            record.value = Value::int64(last_);
            record.source_offset = {offset, 1};
        }
        return batch;
    }
    void stop() noexcept override {}

private:
    static void wait(std::stop_token stop, std::chrono::milliseconds time) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, std::move(stop), time, [] { return false; });
    }

    std::string topic_;
    std::string name_;
    std::int64_t limit_ = 0;
    std::int64_t batch_size_ = 0;
    std::int64_t last_ = 0;
    SchemaPtr key_schema_ = make_schema({.type = Type::String});
    SchemaPtr value_schema_ = make_schema({.type = Type::Int64});
};

class CounterConnector final : public SourceConnector {
public:
    void start(const Settings& settings, ConnectorContext&) override { settings_ = settings; }
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int) override { return {settings_}; }
    std::string task_class() const override { return "org.example.CounterTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return keys; }
    std::unique_ptr<SourceTask> make_task() const override { return std::make_unique<CounterTask>(); }

private:
    Settings settings_;
};

constexpr PluginDescriptor plugins[] = {
    {PluginType::Source, "org.example.CounterConnector", "1.0", create_plugin<CounterConnector>},
};
constexpr PluginManifest manifest{plugin_abi, "counter", plugins};

}

MILLRACE_PLUGIN(counter::manifest)
