/// What tests of validation share: a worker with the sample plugins, and ways to look at answers.
#pragma once
#include "tests/pch.hpp"
#include "tests/unit/worker/validation/sample_plugins.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/validation/connector_validation.hpp"

namespace millrace::worker::validation_test {

inline constexpr auto source_class = "org.apache.kafka.connect.file.FileStreamSourceConnector";
inline constexpr auto sink_class = "org.apache.kafka.connect.file.FileStreamSinkConnector";

struct Fixture {
    Fixture() {
        plugins.add(sample::manifest());
        worker.values = Config(worker_config_keys(WorkerMode::Distributed), {});
        worker.group_id = "connect-cluster";
        worker.key_converter = worker.value_converter = "org.apache.kafka.connect.json.JsonConverter";
        worker.header_converter = "org.apache.kafka.connect.storage.SimpleHeaderConverter";
    }
    /// As REST does it, with the connector's default checks between the halves.
    ConfigInfos validate_submitted(SubmittedConfig config) {
        const ValidationContext context{plugins, worker};
        auto prepared = prepare(context, std::move(config));
        const auto instance = prepared.connector->create();
        auto own = dynamic_cast<Connector&>(*instance).validate(prepared.config.settings);
        return finish(context, std::move(prepared), std::move(own));
    }
    ConfigInfos validate(Settings settings) {
        return validate_submitted(SubmittedConfig{.settings = std::move(settings)});
    }
    PluginRegistry plugins;
    WorkerConfig worker;
};

inline const ConfigInfo& info(const ConfigInfos& infos, std::string_view name) {
    for (const auto& config : infos.configs) {
        if (config.value.name == name) return config;
    }
    throw std::runtime_error("no info of " + std::string(name));
}
inline std::vector<std::string> names(const ConfigInfos& infos) {
    std::vector<std::string> all;
    for (const auto& config : infos.configs) all.push_back(config.value.name);
    return all;
}
using Messages = std::vector<std::string>;
inline Messages messages(const ConfigInfos& infos) {
    Messages all;
    for (const auto& config : infos.configs)
        all.insert(all.end(), config.value.errors.begin(), config.value.errors.end());
    return all;
}

}
