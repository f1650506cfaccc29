/// A source of numbered records, an offset store in memory and a listener that remembers, for tests of the runtime.
#pragma once
#include "connectors/api/plugin.hpp"
#include "tests/unit/eventually.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/runtime/stores.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace::worker::test {

/// Plugins "test.CountingConnector": `count` records "0", "1", ... to `topic`, `batch` a poll, then, where `alone`
/// is set, that offset without a record; from the number `retry.from` on it asks for another try for ever, and with
/// `confirm.fails` it cannot use what it is told of stored offsets; and two transformations,
/// "test.DropOdd" and "test.FailAt" (its setting `at`).
const PluginManifest& manifest();

/// What CountingTask saw, by connector name.
struct Seen {
    std::vector<std::int64_t> committed = {};  ///< offsets that offset_committed told
    int started = 0;
    int stopped = 0;
};
Seen seen(const std::string& connector);
void forget(const std::string& connector);
/// A connector with the setting `hang` hangs in start() until this is called.
void release_hanging_connectors();

class MemoryOffsetStore : public OffsetStore {
public:
    ~MemoryOffsetStore() override;
    std::optional<OffsetMap> read(const std::string& connector, OffsetEntries partition) override;
    std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string& connector) override;
    void write(const std::string& connector, Entries entries, std::function<void(std::exception_ptr)> done) override;

    std::optional<std::int64_t> stored(const std::string& connector) const;  ///< the "n" of its one partition
    int writes() const;
    /// Called with each offset before it is stored, on the task's thread.
    std::function<void(std::int64_t)> on_write;
    int fail_next = 0;  ///< so many writes fail
    bool hold = false;  ///< writes are never answered

private:
    mutable std::mutex mutex_;
    std::map<std::string, OffsetMap> offsets_;
    std::vector<std::thread> threads_;
    int writes_ = 0;
};

/// Offsets as they are, by the JSON of connector and partition; answers on the caller's thread.
class JsonOffsetStore : public OffsetStore {
public:
    std::optional<OffsetMap> read(const std::string& connector, OffsetEntries partition) override;
    std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string& connector) override;
    void write(const std::string& connector, Entries entries, std::function<void(std::exception_ptr)> done) override;

    std::map<std::string, std::map<std::string, std::string>> texts = {};
};

class RememberingListener : public StatusListener {
public:
    void on_connector_status(const std::string& connector, Status status) override;
    void on_task_status(const TaskId& task, Status status) override;
    void on_topic_used(const TaskId& task, const std::string& topic) override;
    void on_task_reconfiguration_requested(const std::string& connector) override;

    std::vector<State> states(const std::string& name) const;   ///< of a connector "c" or a task "c-0"
    std::string trace(const std::string& name) const;           ///< the last one
    std::vector<std::string> topics(const TaskId& task) const;  ///< each once
    bool eventually(const std::string& name, State state) const;
    int reconfigurations() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::vector<Status>> statuses_;
    std::map<TaskId, std::vector<std::string>> topics_;
    int reconfigurations_ = 0;
};

/// A worker's settings for these tests.
Settings worker_settings(const std::string& brokers);
Settings counting_connector(const std::string& name, const std::string& topic, int count);

}
