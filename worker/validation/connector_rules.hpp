/// What Connect demands of a configuration beyond single values: topics of sinks, delivery guarantees of sources.
/// Complaints are added to the infos of the settings they are about.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/validation/config_infos.hpp"

#include <string>
#include <vector>

namespace millrace::worker {

struct WorkerConfig;

void check_sink_rules(const Settings& settings, const WorkerConfig& worker, std::vector<ConfigInfo>& infos);
void check_source_rules(const Settings& settings, const WorkerConfig& worker, const SourceConnector& connector,
                        std::vector<ConfigInfo>& infos);

}
