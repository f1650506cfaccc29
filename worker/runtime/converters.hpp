/// Which converters a connector uses, and with which settings: its own where it names a class, else the worker's.
/// Settings under a prefix whose class is not named beside them have no effect, as in Kafka Connect.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/plugins/registry.hpp"

#include <memory>
#include <string>

namespace millrace::worker {

struct ConverterChoice {
    std::string class_name;
    Settings settings;
    bool from_connector = false;
};
/// `key` is key.converter, value.converter or header.converter.
ConverterChoice choose_converter(const Settings& connector, const WorkerConfig& worker, std::string_view key);

struct Converters {
    std::unique_ptr<Converter> key;
    std::unique_ptr<Converter> value;
    std::unique_ptr<HeaderConverter> header;
    std::string key_class;
    std::string value_class;
    std::string header_class;
};
/// Made, configured and logged as Kafka Connect does. Throws ConfigException for classes that are not there.
Converters make_converters(const Settings& connector, const WorkerConfig& worker, const PluginRegistry& plugins,
                           const std::string& task, const Logger& logger);

}
