/// A sink connector's offsets as users see and set them over REST (KIP-875): those of its consumer group.
///
/// Threads  What takes a GroupAdmin blocks: call it where that is allowed.
/// Errors   ConfigException for a wrong request; the connector's ConnectException as it is; ConnectException naming the
///          connector, in Kafka Connect's words, for what the broker refuses.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/kafka/group_admin.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace millrace::worker {

/// The group that a sink connector's tasks are members of. `connector` is resolved.
std::string sink_group(const Settings& worker, const Settings& connector);

/// {"kafka_topic":t,"kafka_partition":0} and {"kafka_offset":5}.
struct SinkOffset {
    OffsetMap partition;
    OffsetMap offset;
};
std::vector<SinkOffset> sink_offsets(GroupAdmin& group, const std::string& connector);

/// What a user wants set; no offset: to be forgotten.
using SinkOffsetChanges = std::vector<std::pair<TopicPartition, std::optional<std::int64_t>>>;
/// One entry of a request. Throws ConfigException for a form that is not that of SinkOffset.
std::pair<TopicPartition, std::optional<std::int64_t>> parse_sink_offset(const OffsetMap* partition,
                                                                         const OffsetMap* offset);

struct SinkOffsetTarget {
    SinkConnector& plugin;  ///< is asked first
    const std::string& connector;
    const Settings& settings;  ///< the connector's, resolved
};
/// True if the connector says that it has taken the offsets over too. The connector must be stopped.
bool alter_sink_offsets(GroupAdmin& group, const SinkOffsetTarget& target, const SinkOffsetChanges& changes);
/// Forgets all of them, with the group.
bool reset_sink_offsets(GroupAdmin& group, const SinkOffsetTarget& target);

}
