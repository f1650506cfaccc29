#include "cluster/storage/topic_creation.hpp"

#include "cluster/storage/java_map_order.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/kafka/admin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <thread>

namespace millrace::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr worker::KafkaErrorCode invalid_replication_factor = 38;
constexpr milliseconds creation_retry_pause{1000};

/// The policies in lower case, joined as a Java set of them prints.
std::string cleanup_policies(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto parts = split_list(text);
    const std::set<std::string> unique(parts.begin(), parts.end());
    const std::vector<std::string_view> keys(unique.begin(), unique.end());
    std::string joined;
    for (const auto i : java_map_order(keys)) {
        if (keys[i].empty()) continue;
        if (!joined.empty()) joined += ',';
        joined += keys[i];
    }
    return joined;
}

/// A cluster that has just started may not have enough brokers yet, or not answer: those are waited for.
worker::Admin::Creation create(worker::Admin& admin, const worker::NewTopic& topic, milliseconds timeout,
                               const Logger& logger) {
    const auto deadline = steady_clock::now() + timeout;
    for (;;) {
        try {
            return admin.create_topic(topic);
        } catch (const worker::KafkaException& e) {
            if (e.code != invalid_replication_factor || steady_clock::now() >= deadline) throw;
            logger.warn("Cannot create topic {} yet, trying again: {}", topic.name, e.what());
        } catch (const RetriableException& e) {
            if (steady_clock::now() >= deadline) throw;
            logger.warn("Cannot create topic {} yet, trying again: {}", topic.name, e.what());
        }
        std::this_thread::sleep_for(creation_retry_pause);
    }
}

}

void check_cleanup_policy(const std::string& topic, const InternalTopicRole& role, const Settings& topic_settings) {
    const auto it = topic_settings.find("cleanup.policy");
    const auto policies = it == topic_settings.end() ? std::string() : cleanup_policies(it->second);
    if (policies == "compact" || policies.empty()) return;
    throw ConfigException(fmt::format(
        "Topic '{}' supplied via the '{}' property is required to have 'cleanup.policy=compact' to guarantee "
        "consistency "
        "and durability of {}, but found the topic currently has 'cleanup.policy={}'. Continuing would likely result "
        "in "
        "eventually losing {} and problems restarting this Connect cluster in the future. Change the '{}' property in "
        "the Connect worker configurations to use a topic with 'cleanup.policy=compact'.",
        topic, role.setting, role.purpose, policies, role.purpose, role.setting));
}

void check_partitions(const std::string& topic, const InternalTopicRole& role, std::int32_t partitions) {
    if (!role.single_partition || partitions <= 1) return;
    throw ConfigException(
        fmt::format("Topic '{}' supplied via the '{}' property is required to have a single partition "
                    "in order to guarantee consistency of {}, but found {} partitions.",
                    topic, role.setting, role.purpose, partitions));
}

void ensure_internal_topic(worker::Admin& admin, const worker::InternalTopicConfig& topic,
                           const InternalTopicRole& role, milliseconds timeout, const Logger& logger) {
    worker::NewTopic wanted{topic.name, topic.partitions, topic.replication_factor, topic.settings};
    wanted.settings.insert_or_assign("cleanup.policy", "compact");
    auto creation = worker::Admin::Creation::Existed;
    if (!admin.partition_count(topic.name)) creation = create(admin, wanted, timeout, logger);
    if (creation == worker::Admin::Creation::Created) {
        logger.info("Created topic {} with {} partitions for {}", topic.name, topic.partitions, role.purpose);
        return;
    }
    if (creation == worker::Admin::Creation::NotAuthorized)
        logger.info("Not authorized to create topic {}, so it is taken to exist", topic.name);
    if (const auto settings = admin.topic_settings(topic.name)) {
        check_cleanup_policy(topic.name, role, *settings);
    } else {
        logger.info(
            "Unable to use admin client to verify the cleanup policy of '{}' topic is 'compact', because the "
            "Kafka principal used for Connect internal topics may not describe topic configurations. Set the "
            "cleanup policy to 'compact' to avoid losing {}.",
            topic.name, role.purpose);
    }
    if (const auto partitions = admin.partition_count(topic.name)) check_partitions(topic.name, role, *partitions);
}

}
