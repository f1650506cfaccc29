/// Builds the picture of the config topic, record by record, by the rules that all workers of a group share.
///
/// Input   records in the order of the topic's one partition.
/// Output  the event that a running herder acts on, if there is one; snapshot() is the picture up to the last record.
/// State   belongs to one thread. A snapshot is immutable and stays valid.
/// Facts   KafkaConfigBackingStore's rules as of Kafka 4.3: task configs wait for their commit, a commit that misses
/// some
///         makes the connector inconsistent, the offset counts records whose value is JSON.
#pragma once
#include "cluster/storage/cluster_config_state.hpp"
#include "cluster/storage/config_records.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::cluster {

struct ConnectorConfigUpdated {
    std::string connector;
};
struct ConnectorConfigRemoved {
    std::string connector;
};
struct TaskConfigsCommitted {
    std::string connector;
    std::vector<worker::TaskId> tasks;  ///< those whose configs came with this commit
};
struct TargetStateChanged {
    std::string connector;
};
struct RestartRequested {
    RestartRecord request;
};
struct SessionKeyUpdated {
    SessionKey key;
};
struct LoggerLevelUpdated {
    std::string logger;
    std::string level;
};
using ConfigEvent = std::variant<ConnectorConfigUpdated, ConnectorConfigRemoved, TaskConfigsCommitted,
                                 TargetStateChanged, RestartRequested, SessionKeyUpdated, LoggerLevelUpdated>;

class ConfigReader {
public:
    struct Result {
        std::optional<ConfigEvent> event = {};
        std::string problem = {};  ///< a line for the log; empty: all is well
    };
    Result apply(std::int64_t offset, std::string_view key, std::optional<std::string_view> value);
    /// Copies only after a change.
    std::shared_ptr<const ClusterConfigState> snapshot() const;
    std::int64_t offset() const noexcept { return state_.offset; }

private:
    Result on(ConnectorRecord record);
    Result on(TaskRecord record);
    Result on(CommitRecord record);
    Result on(TargetStateRecord record);
    static Result on(RestartRecord record);
    Result on(TaskCountRecord record);
    Result on(SessionKey key);
    static Result on(LoggerRecord record);
    Result on(PeerRecord record);
    static Result on(UnusableRecord record);
    void remove(const std::string& connector);
    std::vector<worker::TaskId> merge_deferred(const std::string& connector);

    ClusterConfigState state_;
    std::map<std::string, std::map<int, Settings>> deferred_;  ///< task configs whose commit has not come
    mutable std::shared_ptr<const ClusterConfigState> snapshot_;
};

}
