/// With which clients a source connector's offsets are read and written, where the worker's own store may not do: it
/// has a topic of its own, or its transactions are on brokers that may be others.
#pragma once
#include "worker/runtime/stores.hpp"

#include <optional>
#include <string>

namespace millrace::worker {

struct WorkerConfig;

bool writes_exactly_once(const WorkerConfig& worker) noexcept;

/// `client`: what client ids end with, "<connector>-<task>". None: the worker's store is the one. Throws
/// ConfigException for settings that do not parse.
std::optional<OffsetClients> offset_clients(const WorkerConfig& worker, const Settings& connector,
                                            const std::string& client);

}
