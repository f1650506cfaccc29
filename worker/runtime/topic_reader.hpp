/// Reads the first partition of a topic for a connector: plugins see no Kafka client.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::worker {

/// `client`: settings of Kafka's Java consumer. Throws ConfigException for what it refuses.
std::unique_ptr<TopicReader> make_topic_reader(const std::string& topic, const Settings& client, const Logger& logger);

}
