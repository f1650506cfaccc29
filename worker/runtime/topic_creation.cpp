#include "worker/runtime/topic_creation.hpp"

#include "worker/config/worker_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace millrace::worker {

namespace {

constexpr std::string_view topic_creation_prefix = "topic.creation.";

std::vector<Regex> patterns(const Settings& group, std::string_view key) {
    constexpr std::string_view usual_words = "Invalid regex: ";
    std::vector<Regex> compiled;
    const auto found = group.find(key);
    if (found == group.end()) return compiled;
    const auto all = split_list(found->second);
    for (const auto& pattern : all) {
        auto why = regex_complaint(pattern);
        if (why.starts_with(usual_words)) why.erase(0, usual_words.size());
        if (!why.empty()) {
            throw ConfigException(
                fmt::format("Invalid value [{}] for configuration {}: Syntax error in regular "
                            "expression: {}",
                            fmt::join(all, ", "), key, why));
        }
        compiled.emplace_back(pattern);
    }
    return compiled;
}

std::int32_t count(const Settings& group, const std::string& name, std::string_view key, const std::int32_t* fallback) {
    const auto full = fmt::format("{}{}.{}", topic_creation_prefix, name, key);
    const auto found = group.find(key);
    if (found == group.end()) {
        if (fallback) return *fallback;
        throw ConfigException(fmt::format("Missing required configuration \"{}\" which has no default value.", full));
    }
    const auto text = trim(found->second);
    std::int32_t value = 0;
    const auto refuse = [&](std::string_view what, std::string_view why) {
        throw ConfigException(fmt::format("Invalid value {} for configuration {}: {}", text, what, why));
    };
    const bool of_partitions = key == "partitions";
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        refuse(full, of_partitions ? "Not a number of type INT" : "Not a number of type SHORT");
    }
    if (value == 0 || value < -1) {
        refuse(key, of_partitions
                        ? "Number of partitions must be positive, or -1 to use the broker's default"
                        : "Replication factor must be positive and not larger than the number of brokers in the "
                          "Kafka cluster, or -1 to use the broker's default");
    }
    return value;
}

bool any_matches(const std::vector<Regex>& all, const std::string& name) {
    return std::ranges::any_of(all, [&](const Regex& regex) { return regex.matches(name); });
}

}

TopicCreationRules::Group TopicCreationRules::parse_group(const Settings& connector, const std::string& name,
                                                          const Group* defaults) {
    auto given = with_prefix_removed(connector, fmt::format("{}{}.", topic_creation_prefix, name));
    Group group{.name = name, .include = {}, .exclude = {}, .settings = {}};
    if (defaults) {
        group.include = patterns(given, "include");
        group.exclude = patterns(given, "exclude");
    }
    group.partitions = count(given, name, "partitions", defaults ? &defaults->partitions : nullptr);
    group.replication_factor =
        count(given, name, "replication.factor", defaults ? &defaults->replication_factor : nullptr);
    for (const auto* own : {"include", "exclude", "partitions", "replication.factor"}) given.erase(own);
    group.settings = std::move(given);
    return group;
}

std::optional<TopicCreationRules> TopicCreationRules::parse(const Settings& connector) {
    const auto first = connector.lower_bound(topic_creation_prefix);
    if (first == connector.end() || !first->first.starts_with(topic_creation_prefix)) return std::nullopt;
    auto defaults = parse_group(connector, "default", nullptr);
    TopicCreationRules rules;
    if (const auto names = connector.find("topic.creation.groups"); names != connector.end()) {
        for (const auto& name : split_list(names->second)) {
            if (name != "default") rules.groups_.push_back(parse_group(connector, name, &defaults));
        }
    }
    rules.groups_.push_back(std::move(defaults));
    return rules;
}

NewTopic TopicCreationRules::topic(const std::string& name) const {
    const auto found = std::ranges::find_if(groups_, [&](const Group& group) {
        return &group == &groups_.back() || (any_matches(group.include, name) && !any_matches(group.exclude, name));
    });
    return {.name = name,
            .partitions = found->partitions,
            .replication_factor = found->replication_factor,
            .settings = found->settings};
}

Admin::Creation TopicCreator::create(const std::string& topic) {
    try {
        return admin_->create_topic(rules_.topic(topic));
    } catch (const KafkaException& e) {
        std::throw_with_nested(ConnectException(e.what()));
    }
}

void TopicCreator::ensure(std::string_view topic) {
    if (known_.contains(topic)) return;
    const std::string name(topic);
    if (!admin_->partition_count(name)) {
        switch (create(name)) {
        case Admin::Creation::Created:
            logger_.info("Created topic '{}' using creation group settings", name);
            break;
        case Admin::Creation::Existed:
            break;
        case Admin::Creation::NotAuthorized:
            throw ConnectException(fmt::format(
                "Task failed to create new topic {}. Ensure that the task is authorized to create topics or that the "
                "topic exists and restart the task",
                name));
        }
    }
    known_.emplace(name);
}

}
