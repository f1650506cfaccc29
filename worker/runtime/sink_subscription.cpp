#include "worker/runtime/sink_subscription.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace millrace::worker {

namespace {

/// Java's consumers leave them out of patterns unless they are told otherwise.
constexpr std::array<std::string_view, 2> kafkas_own{"__consumer_offsets", "__transaction_state"};

std::string setting(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : std::string(trim(found->second));
}

[[noreturn]] void refuse_setting(std::string_view name, std::string_view value, std::string_view why) {
    throw ConfigException(fmt::format("Invalid value {} for configuration {}: {}", value, name, why));
}

}

SinkSubscription::SinkSubscription(const Settings& settings, bool internal_topics)
    : list_(split_list(setting(settings, "topics"))), internal_topics_(internal_topics) {
    const auto regex = setting(settings, "topics.regex");
    if (list_.empty() && regex.empty())
        refuse_setting("topics", "null", "Must configure one of topics or topics.regex");
    if (!list_.empty() && !regex.empty()) {
        refuse_setting("topics", setting(settings, "topics"),
                       "topics and topics.regex are mutually exclusive options, but both are set.");
    }
    if (!regex.empty()) pattern_.emplace(regex);
    const auto dead_letters = setting(settings, "errors.deadletterqueue.topic.name");
    if (!dead_letters.empty() && pattern_ && pattern_->matches(dead_letters)) {
        refuse_setting(
            "topics.regex", regex,
            fmt::format("The DLQ topic '{}' may not be matched by the regex for the topics ('topics.regex={}') "
                        "consumed by the connector",
                        dead_letters, regex));
    }
    if (!dead_letters.empty() && std::ranges::find(list_, dead_letters) != list_.end()) {
        refuse_setting(
            "topics", setting(settings, "topics"),
            fmt::format("The DLQ topic '{}' may not be included in the list of topics ('topics=[{}]') consumed by "
                        "the connector",
                        dead_letters, fmt::join(list_, ", ")));
    }
    std::ranges::sort(list_);
}

std::vector<std::string> SinkSubscription::topics(std::span<const std::string> existing) const {
    if (!pattern_) return list_;
    std::vector<std::string> found;
    for (const auto& topic : existing) {
        const bool internal = std::ranges::find(kafkas_own, topic) != kafkas_own.end();
        if ((internal_topics_ || !internal) && pattern_->matches(topic)) found.push_back(topic);
    }
    std::ranges::sort(found);
    return found;
}

bool SinkSubscription::incomplete(std::span<const std::string> existing) const {
    if (pattern_) return topics(existing).empty();
    return !std::ranges::all_of(
        list_, [&](const std::string& topic) { return std::ranges::find(existing, topic) != existing.end(); });
}

}
