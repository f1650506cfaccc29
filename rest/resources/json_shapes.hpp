/// The JSON of every answer: members, their order and which of them may be absent are what clients of Kafka Connect
/// parse.
#pragma once
#include "cluster/herder/herder.hpp"
#include "connectors/support/json.hpp"
#include "worker/validation/config_infos.hpp"
#include "worker/validation/submitted_config.hpp"

#include <string>
#include <vector>

namespace millrace::rest {

void write(json::Writer& out, const Settings& settings);
/// Names that were submitted as null are echoed, where `submitted` is given.
void write(json::Writer& out, const cluster::ConnectorInfo& info, const worker::SubmittedConfig* submitted = nullptr);
void write(json::Writer& out, const cluster::ConnectorStateInfo& status);
void write_task_status(json::Writer& out, int task, const cluster::StatusInfo& status);
void write(json::Writer& out, const std::vector<cluster::TaskInfo>& tasks);
void write(json::Writer& out, const std::vector<std::string>& names);
void write(json::Writer& out, const worker::ConnectorOffsets& offsets);
void write(json::Writer& out, const worker::ConfigDefinition& definition);
void write(json::Writer& out, const worker::ConfigInfos& infos);

/// The text of one value.
template <class T>
std::string to_json(const T& value) {
    std::string text;
    json::Writer out(text);
    write(out, value);
    return text;
}

}
