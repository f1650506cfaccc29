/// What a worker needs from the layer that keeps state for the whole group: source offsets, and somebody to tell what
/// connectors and tasks are doing. The cluster layer implements both over the internal topics.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/errors.hpp"
#include "connectors/api/record.hpp"
#include "worker/runtime/ids.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::worker {

/// Where a connector's offsets are to be: settings of Kafka's Java clients, complete.
struct OffsetClients {
    std::string topic;  ///< empty: the worker's, on the brokers of `producer`
    Settings producer;
    Settings consumer;
    Settings admin;
};

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

    /// The store to use for a connector with these clients: of its own topic, with what the worker's has besides; or
    /// null, which is this one. Blocks while the topic is made and read; errors as read() has them.
    virtual std::shared_ptr<OffsetStore> of_connector(const OffsetClients& clients) {
        (void)clients;
        return nullptr;
    }

    /// The records that a transaction has to hold for these entries to be stored when it is committed.
    struct TopicRecords {
        std::string topic;
        std::vector<std::pair<std::string, std::optional<std::string>>> records = {};
    };
    virtual TopicRecords records(const std::string& connector, const Entries& entries) {
        (void)connector, (void)entries;
        throw ConnectException("Offsets are in no topic here that a transaction could write to");
    }
    /// Such a transaction is about to write removals: they are to be known before. Blocks; throws where it fails.
    virtual void before_transaction(const std::string& connector, const Entries& entries) {
        (void)connector, (void)entries;
    }
    /// It is committed: other places that have these offsets may learn of them. Never throws, does not wait.
    virtual void after_transaction(const std::string& connector, const Entries& entries) noexcept {
        (void)connector, (void)entries;
    }
};

/// What an exactly-once source task has to pass before it writes. Each calls back once, on any thread.
struct ProducerGate {
    using Step = std::function<void(std::function<void(std::exception_ptr error)> done)>;
    Step fence = {};   ///< producers of the connector's earlier tasks write no more
    Step verify = {};  ///< this is still the task that the group wants here
    explicit operator bool() const noexcept { return fence != nullptr; }
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
    /// A record of this task was acknowledged in this topic, or read from it: the first, now and then a later one.
    virtual void on_topic_used(const TaskId& task, const std::string& topic) = 0;
    /// The connector asks for its task configurations to be made anew.
    virtual void on_task_reconfiguration_requested(const std::string& connector) = 0;
    /// What config providers gave to the connector may be other values after `ttl`, and it wants to be restarted then.
    virtual void on_config_expiry(const std::string& connector, std::chrono::milliseconds ttl) {
        (void)connector, (void)ttl;
    }
};

}
