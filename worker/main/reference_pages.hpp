/// The pages of docs/reference, made from the tables that the code itself goes by.
#pragma once
#include "connectors/api/metrics.hpp"
#include "worker/plugins/registry.hpp"

#include <map>
#include <span>
#include <string>

namespace millrace::worker {

/// A connector's own metrics, for the page of metrics.
struct PluginMetrics {
    std::string title;   ///< "PostgreSQL source"
    std::string labels;  ///< that each has besides connector and task
    std::span<const MetricKey> keys;
};

/// Text by file name.
std::map<std::string, std::string> reference_pages(const PluginRegistry& plugins,
                                                   std::span<const PluginMetrics> metrics);

}
