/// The converters that come with the worker.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::converters {

const PluginManifest& manifest();
/// One of them by its class name; null if there is none.
std::unique_ptr<Converter> make_converter(std::string_view class_name);

}
