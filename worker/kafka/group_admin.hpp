/// The committed offsets of one consumer group, seen and changed from outside. Every method blocks: until the group's
/// coordinator has answered, or for the time-out given at construction, as Java's admin client does while a coordinator
/// is being found or is loading the group.
///
/// Throws  RetriableKafkaException when there was no answer in time, KafkaException for refusals.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/record.hpp"
#include "worker/kafka/client_config.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace millrace::worker {

class GroupAdmin {
public:
    /// `config` is that of an admin client.
    GroupAdmin(const ClientConfig& config, std::string group, const Logger& logger, std::chrono::milliseconds timeout);
    ~GroupAdmin();
    GroupAdmin(const GroupAdmin&) = delete;
    GroupAdmin& operator=(const GroupAdmin&) = delete;

    TopicOffsets offsets();  ///< empty if there is no such group
    void alter(const TopicOffsets& offsets);
    void forget(std::span<const TopicPartition> partitions);
    void remove();  ///< the group itself

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
