#include "cluster/storage/topic_creation.hpp"

#include "cluster/assignment/java_map_order.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/kafka/admin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <thread>
#include <type_traits>

namespace millrace::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr worker::KafkaErrorCode invalid_replication_factor = 38;
constexpr worker::KafkaErrorCode unknown_topic = 3;
constexpr milliseconds retry_pause{300};
constexpr std::chrono::seconds seen_limit{10};  ///< for brokers to hear of a topic that somebody else has just made

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

/// The answer of `ask`. A cluster that has just started may not have enough brokers yet, or not answer, and one that
/// another worker has just created a topic on may not know it everywhere: those are waited for until `deadline`.
template <class Ask>
std::invoke_result_t<Ask&> patiently(steady_clock::time_point deadline, const Logger& logger, Ask ask) {
    const auto wait = [&](const ConnectException& e) {
        if (steady_clock::now() >= deadline) throw;
        logger.warn("{}; trying again", e.what());
        std::this_thread::sleep_for(retry_pause);
    };
    for (;;) {
        try {
            return ask();
        } catch (const worker::KafkaException& e) {
            if (e.code != invalid_replication_factor && e.code != unknown_topic) throw;
            wait(e);
        } catch (const RetriableException& e) {
            wait(e);
        }
    }
}

/// A topic that the principal may neither create nor describe can be waited for in vain.
void require_seen(worker::Admin& admin, const std::string& topic, const InternalTopicRole& role,
                  steady_clock::time_point deadline) {
    while (!admin.partition_count(topic)) {
        if (steady_clock::now() >= deadline) {
            throw ConnectException(
                fmt::format("Topic '{}' for {} cannot be used: it does not exist, or may not be described, and may not "
                            "be created. Create it, or allow the principal of the admin client to Describe it",
                            topic, role.purpose));
        }
        std::this_thread::sleep_for(retry_pause);
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
    const auto deadline = steady_clock::now() + timeout;
    const auto creation = patiently(deadline, logger, [&] {
        return admin.partition_count(topic.name) ? worker::Admin::Creation::Existed : admin.create_topic(wanted);
    });
    if (creation == worker::Admin::Creation::Created) {
        logger.info("Created topic {} with {} partitions for {}", topic.name, topic.partitions, role.purpose);
        return;
    }
    if (creation == worker::Admin::Creation::NotAuthorized) {
        logger.info("Not authorized to create topic {}, so it is taken to exist", topic.name);
        require_seen(admin, topic.name, role, std::min(deadline, steady_clock::now() + seen_limit));
    }
    const auto settings = patiently(deadline, logger, [&] { return admin.topic_settings(topic.name); });
    if (settings) {
        check_cleanup_policy(topic.name, role, *settings);
    } else {
        logger.info(
            "Unable to use admin client to verify the cleanup policy of '{}' topic is 'compact', because the "
            "Kafka principal used for Connect internal topics may not describe topic configurations. Set the "
            "cleanup policy to 'compact' to avoid losing {}.",
            topic.name, role.purpose);
    }
    const auto partitions = patiently(deadline, logger, [&] { return admin.partition_count(topic.name); });
    if (partitions) check_partitions(topic.name, role, *partitions);
}

}
