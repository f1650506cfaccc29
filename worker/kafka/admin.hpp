/// Questions and commands to a Kafka cluster. Every method blocks for at most the time-out given at construction: never
/// call one on the control thread. Safe from several threads.
///
/// Throws  RetriableKafkaException when the cluster cannot be reached in time, KafkaException for refusals.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/log.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/kafka/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::worker {

class ClientMetrics;

struct NewTopic {
    std::string name;
    std::int32_t partitions = -1;          ///< -1: the broker's default
    std::int32_t replication_factor = -1;  ///< -1: the broker's default
    Settings settings = {};
};

class Admin {
public:
    /// `metrics` has what the client counts, where poll() is called now and then; it outlives this.
    Admin(const ClientConfig& config, const Logger& logger, std::chrono::milliseconds timeout,
          ClientMetrics* metrics = nullptr);
    ~Admin();
    Admin(const Admin&) = delete;
    Admin& operator=(const Admin&) = delete;

    /// Also the proof that the cluster can be reached.
    std::string cluster_id();
    std::vector<std::string> topics();
    /// None if there is no such topic. Does not make one.
    std::optional<std::int32_t> partition_count(const std::string& topic);

    enum class Creation : std::uint8_t { Created, Existed, NotAuthorized };
    Creation create_topic(const NewTopic& topic);
    /// The topic's settings, defaults included; none if we may not read them.
    std::optional<Settings> topic_settings(const std::string& topic);

    enum class OffsetSpec : std::uint8_t { Earliest, Latest };
    /// Of partitions 0 .. partitions-1, whatever transactions are open (read_uncommitted).
    std::vector<std::int64_t> offsets(const std::string& topic, std::int32_t partitions, OffsetSpec spec);

    /// Hands over what the metrics are made from. Does not wait.
    void poll();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
