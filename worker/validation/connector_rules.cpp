#include "worker/validation/connector_rules.hpp"

#include "connectors/support/regex.hpp"
#include "connectors/support/text.hpp"
#include "worker/config/worker_config.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::worker {

namespace {

std::string setting(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : std::string(trim(found->second));
}

void complain(std::vector<ConfigInfo>& infos, std::string_view name, std::string message) {
    const auto found =
        std::ranges::find(infos, name, [](const ConfigInfo& i) -> std::string_view { return i.value.name; });
    if (found != infos.end()) found->value.errors.push_back(std::move(message));
}

bool matches(const std::string& pattern, const std::string& text) {
    try {
        return Regex(pattern).matches(text);
    } catch (const ConnectException&) {
        return false;  // the pattern's own complaint stands at topics.regex already
    }
}

void check_topics(const Settings& settings, std::vector<ConfigInfo>& infos) {
    const auto topics = setting(settings, "topics");
    const auto regex = setting(settings, "topics.regex");
    if (topics.empty() == regex.empty()) {
        const std::string message = topics.empty()
                                        ? "Must configure one of topics or topics.regex"
                                        : "topics and topics.regex are mutually exclusive options, but both are set.";
        complain(infos, "topics", message);
        complain(infos, "topics.regex", message);
    }
    const auto dead_letters = setting(settings, "errors.deadletterqueue.topic.name");
    if (dead_letters.empty()) return;
    const auto list = split_list(topics);
    if (std::ranges::find(list, dead_letters) != list.end()) {
        complain(infos, "topics",
                 fmt::format("The DLQ topic '{}' may not be included in the list of topics ('topics=[{}]') consumed by "
                             "the connector",
                             dead_letters, fmt::join(list, ", ")));
    }
    if (!regex.empty() && matches(regex, dead_letters)) {
        complain(infos, "topics.regex",
                 fmt::format("The DLQ topic '{}' may not be matched by the regex for the topics ('topics.regex={}') "
                             "consumed by the connector",
                             dead_letters, regex));
    }
}

/// Of a connector that cannot tell.
std::string unexpected(const std::exception& error) {
    const std::string message(trim(error.what()));
    return "An unexpected error occurred during validation" +
           (message.empty() ? "; please see the worker logs for more details." : ": " + message);
}

std::string complaint_of_exactly_once(const SourceConnector& connector, const Settings& settings) {
    try {
        switch (connector.exactly_once_support(settings)) {
        case ExactlyOnceSupport::Supported:
            return "";
        case ExactlyOnceSupport::Unsupported:
            return "The connector does not support exactly-once semantics with the provided configuration.";
        case ExactlyOnceSupport::Undeclared:
            return "The connector does not implement the API required for preflight validation of exactly-once source "
                   "support. Please consult the documentation for the connector to determine whether it supports "
                   "exactly-once semantics, and then consider reconfiguring the connector to use the value "
                   "\"requested\" for this property (which will disable this preflight check and allow the connector "
                   "to be created).";
        }
        return "";
    } catch (const std::exception& e) {
        return unexpected(e);
    }
}

std::string complaint_of_boundaries(const SourceConnector& connector, const Settings& settings) {
    try {
        if (connector.can_define_transaction_boundaries(settings)) return "";
        return "The connector does not support connector-defined transaction boundaries with the given configuration. "
               "Please reconfigure it to use a different transaction boundary definition.";
    } catch (const std::exception& e) {
        return unexpected(e);
    }
}

}

void check_sink_rules(const Settings& settings, const WorkerConfig& worker, std::vector<ConfigInfo>& infos) {
    check_topics(settings, infos);
    const auto name = setting(settings, "name");
    const auto override_group = setting(settings, "consumer.override.group.id");
    if (worker.mode != WorkerMode::Distributed) return;
    if (settings.contains("consumer.override.group.id")) {
        ConfigInfo group{.value = {.name = "consumer.override.group.id", .value = override_group}};
        if (override_group == worker.group_id) {
            group.value.errors.push_back(fmt::format("Consumer group {} conflicts with Connect worker group {}",
                                                     override_group, worker.group_id));
        }
        infos.insert(infos.begin(), std::move(group));
    } else if ("connect-" + name == worker.group_id) {
        complain(infos, "name",
                 fmt::format("Consumer group for sink connector named {} conflicts with Connect worker group {}", name,
                             worker.group_id));
    }
}

void check_source_rules(const Settings& settings, const WorkerConfig& worker, const SourceConnector& connector,
                        std::vector<ConfigInfo>& infos) {
    if (worker.mode != WorkerMode::Distributed) return;  // it would not be heeded
    const auto support = lower_case(setting(settings, "exactly.once.support"));
    if (support == "required") {
        if (worker.exactly_once_source != ExactlyOnceSource::Enabled) {
            complain(infos, "exactly.once.support", "This worker does not have exactly-once source support enabled.");
        }
        const auto complaint = complaint_of_exactly_once(connector, settings);
        if (!complaint.empty()) complain(infos, "exactly.once.support", complaint);
    }
    if (lower_case(setting(settings, "transaction.boundary")) == "connector") {
        const auto complaint = complaint_of_boundaries(connector, settings);
        if (!complaint.empty()) complain(infos, "transaction.boundary", complaint);
    }
}

}
