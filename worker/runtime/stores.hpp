/// What a worker needs from the layer that keeps state for the whole group: source offsets, and somebody to tell what
/// connectors and tasks are doing. The cluster layer implements both over the internal topics.
#pragma once
#include "connectors/api/record.hpp"
#include "worker/runtime/ids.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::worker {

/// Source offsets of all connectors. Safe from any thread.
class OffsetStore {
public:
    /// An empty second part removes the partition's offset.
    using Entries = std::vector<std::pair<OffsetMap, std::optional<OffsetMap>>>;

    virtual ~OffsetStore() = default;
    /// The stored offset, after reading the topic to its present end. Blocks; throws RetriableException when that takes
    /// too long. Never call it on the control thread.
    virtual std::optional<OffsetMap> read(const std::string& connector, OffsetEntries partition) = 0;
    /// Every partition of the connector that has an offset, and the offset. Like read() else.
    virtual std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string& connector) = 0;
    /// Stores all entries; `done` is called once, on another thread, when the broker has acknowledged every one of them
    /// (null) or one of them failed.
    virtual void write(const std::string& connector, Entries entries, std::function<void(std::exception_ptr)> done) = 0;
};

/// Told of every change of a connector or task. Called from task and pool threads: implementations hand over.
class StatusListener {
public:
    struct Status {
        State state;
        std::string trace = {};                   ///< of FAILED: first line "ExceptionName: message"
        std::optional<std::string> version = {};  ///< of the plugin; none when the instance is gone
        bool permanent = false;                   ///< of FAILED: the same would happen again
    };
    virtual ~StatusListener() = default;
    virtual void on_connector_status(const std::string& connector, Status status) = 0;
    virtual void on_task_status(const TaskId& task, Status status) = 0;
    /// The first acknowledged record of this task in this topic.
    virtual void on_topic_used(const TaskId& task, const std::string& topic) = 0;
    /// The connector asks for its task configurations to be made anew.
    virtual void on_task_reconfiguration_requested(const std::string& connector) = 0;
    /// What config providers gave to the connector may be other values after `ttl`, and it wants to be restarted then.
    virtual void on_config_expiry(const std::string& connector, std::chrono::milliseconds ttl) {
        (void)connector, (void)ttl;
    }
};

}
