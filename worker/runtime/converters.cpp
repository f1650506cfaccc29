#include "worker/runtime/converters.hpp"

namespace millrace::worker {

namespace {

/// What an alias stands for.
std::string full_name(const PluginRegistry& plugins, PluginType type, const std::string& class_name) {
    const auto* info = plugins.find(type, class_name);
    return info ? info->class_name : class_name;
}

}

ConverterChoice choose_converter(const Settings& connector, const WorkerConfig& worker, std::string_view key) {
    const auto prefix = std::string(key) + ".";
    const auto own = connector.find(key);
    if (own != connector.end() && !trim(own->second).empty()) {
        return {.class_name = std::string(trim(own->second)),
                .settings = with_prefix_removed(connector, prefix),
                .from_connector = true};
    }
    return {.class_name = worker.values.get_string(key), .settings = with_prefix_removed(worker.settings(), prefix)};
}

Converters make_converters(const Settings& connector, const WorkerConfig& worker, const PluginRegistry& plugins,
                           const std::string& task, const Logger& logger) {
    const auto tell = [&](std::string_view what, const ConverterChoice& choice) {
        logger.info("Set up the {} converter class {} for task {} using the {} config", what, choice.class_name, task,
                    choice.from_connector ? "connector" : "worker");
    };
    Converters made;
    const auto key = choose_converter(connector, worker, "key.converter");
    made.key = plugins.create_converter(key.class_name);
    made.key->configure(key.settings, true);
    made.key_class = full_name(plugins, PluginType::Converter, key.class_name);
    tell("key", key);
    const auto value = choose_converter(connector, worker, "value.converter");
    made.value = plugins.create_converter(value.class_name);
    made.value->configure(value.settings, false);
    made.value_class = full_name(plugins, PluginType::Converter, value.class_name);
    tell("value", value);
    const auto header = choose_converter(connector, worker, "header.converter");
    made.header = plugins.create_header_converter(header.class_name);
    made.header->configure(header.settings);
    made.header_class = full_name(plugins, PluginType::HeaderConverter, header.class_name);
    tell("header", header);
    return made;
}

}
