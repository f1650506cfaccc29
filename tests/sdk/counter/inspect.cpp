/// Loads a plugin library as a worker does, and lets its first source connector make records.
///
///     inspect counter.so
/// Exit status: 0, 1 for a failed check, 2 for what cannot be loaded, 3 for another plugin_abi.
#include <connectors/api/plugin.hpp>
#include <dlfcn.h>

#include <cstdio>
#include <stdexcept>

namespace {

using namespace millrace;

class PrintingSink final : public LogSink {
public:
    bool enabled(LogLevel, std::string_view) const noexcept override { return true; }
    void write(LogLevel, std::string_view, std::string_view, std::string_view line) noexcept override {
        std::printf("log: %.*s\n", static_cast<int>(line.size()), line.data());
    }
};

class Context final : public ConnectorContext, public SourceTaskContext {
public:
    const Logger& logger() const noexcept override { return logger_; }
    void request_task_reconfiguration() override {}
    void raise_error(std::string message) override { throw std::runtime_error(message); }
    std::string_view connector_name() const noexcept override { return "inspected"; }
    int task_id() const noexcept override { return 0; }
    /// Seven is stored for every partition.
    std::optional<OffsetMap> offset(OffsetEntries) override {
        OffsetMap stored;
        stored.set("number", Value::int64(7));
        return stored;
    }

private:
    Logger logger_{std::make_shared<PrintingSink>(), "inspect"};
};

void check(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("does not hold: ") + what);
}

void run_task(SourceConnector& connector, Context& context) {
    auto configs = connector.task_configs(1);
    check(configs.size() == 1, "one task");
    const auto task = connector.make_task();
    task->start(configs[0], context);
    std::stop_source stop;
    const auto batch = task->poll(stop.get_token(), std::chrono::milliseconds{100});
    check(batch.records.size() == 3, "numbers 8 to 10");
    check(batch.records[2].value == Value::int64(10), "the last is 10");
    check(batch.records[2].topic == "numbers", "the topic is the one that was set");
    check(batch.records[2].source_offset[0].value == Value::int64(10), "the offset is the number");
    check(batch.partitions.size() == 1 && batch.partitions[0][0].value == Value::string("counter"), "the partition");
    check(task->poll(stop.get_token(), std::chrono::milliseconds{1}).records.empty(), "nothing behind the limit");
    task->stop();
}

/// Exceptions must be the worker's own although the plugin has its own copy of the api library.
void run_refusal(SourceConnector& connector, Context& context) {
    const auto task = connector.make_task();
    try {
        task->start({{"topic", "numbers"}, {"limit", "0"}}, context);
    } catch (const ConfigException& e) {
        check(std::string_view(e.what()) == "Invalid value 0 for configuration limit: Value must be at least 1",
              "the message of the refused setting");
        return;
    }
    throw std::runtime_error("a limit of 0 was accepted");
}

int inspect(const char* path) {
    void* library = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        std::fprintf(stderr, "%s\n", ::dlerror());
        return 2;
    }
    using Function = const PluginManifest* (*)();
    const auto function = reinterpret_cast<Function>(::dlsym(library, "millrace_plugin_manifest"));
    check(function != nullptr, "the library has millrace_plugin_manifest");
    const PluginManifest& manifest = *function();
    if (manifest.abi != plugin_abi) {
        std::fprintf(stderr, "%s has plugin_abi %u, this program has %u\n", path, manifest.abi, plugin_abi);
        return 3;
    }
    for (const auto& plugin : manifest.plugins) {
        std::printf("%.*s\n", static_cast<int>(plugin.class_name.size()), plugin.class_name.data());
        const auto created = plugin.create();
        auto* connector = dynamic_cast<SourceConnector*>(created.get());
        check(connector != nullptr, "the plugin is a SourceConnector");
        Context context;
        connector->start({{"topic", "numbers"}}, context);
        check(connector->validate({}).front().errors.size() == 1, "a missing topic is a problem");
        run_task(*connector, context);
        run_refusal(*connector, context);
        connector->stop();
    }
    std::printf("%.*s: %zu plugins, all well\n", static_cast<int>(manifest.name.size()), manifest.name.data(),
                manifest.plugins.size());
    return 0;
}

}

int main(int argc, char** argv) {
    try {
        check(argc == 2, "there is one argument, the library");
        return inspect(argv[1]);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
