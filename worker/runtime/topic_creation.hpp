/// Topics that a source connector wants made before it writes to them (topic.creation.*).
///
/// Facts   KIP-158: groups in the order of topic.creation.groups, the first whose include matches and whose exclude
/// does
///         not; else the group "default". Patterns match whole names.
#pragma once
#include "connectors/support/regex.hpp"
#include "worker/kafka/admin.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

class TopicCreationRules {
public:
    /// None if the connector has no topic.creation.* settings. Throws ConfigException for incomplete or wrong ones.
    static std::optional<TopicCreationRules> parse(const Settings& connector);
    NewTopic topic(const std::string& name) const;

private:
    struct Group {
        std::string name;
        std::vector<Regex> include;
        std::vector<Regex> exclude;
        std::int32_t partitions = -1;
        std::int32_t replication_factor = -1;
        Settings settings;
    };
    static Group parse_group(const Settings& connector, const std::string& name, const Group* defaults);

    std::vector<Group> groups_;  ///< "default" is the last
};

/// Makes each topic once, when its first record comes; one that exists is left as it is. Blocks the task's thread.
class TopicCreator {
public:
    TopicCreator(TopicCreationRules rules, std::unique_ptr<Admin> admin, Logger logger)
        : rules_(std::move(rules)), admin_(std::move(admin)), logger_(std::move(logger)) {}
    /// Throws RetriableException while brokers do not answer, ConnectException if the topic can be neither found nor
    /// made.
    void ensure(std::string_view topic);
    /// Now and then, for the metrics of its client.
    void poll() { admin_->poll(); }

private:
    Admin::Creation create(const std::string& topic);

    TopicCreationRules rules_;
    std::unique_ptr<Admin> admin_;
    Logger logger_;
    std::set<std::string, std::less<>> known_;
};

}
