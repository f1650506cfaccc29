#include "worker/validation/client_overrides.hpp"

#include "connectors/support/java_hash_map.hpp"
#include "worker/config/client_keys.hpp"
#include "worker/config/override_policy.hpp"
#include "worker/config/worker_config.hpp"

#include <algorithm>

namespace millrace::worker {

namespace {

bool given(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found != settings.end() && !trim(found->second).empty();
}

bool creates_topics(const Settings& settings) {
    const auto first = settings.lower_bound("topic.creation.");
    return first != settings.end() && first->first.starts_with("topic.creation.");
}

/// Prefixes of the clients that this connector will have.
std::vector<std::string_view> prefixes_in_use(const Settings& settings, const WorkerConfig& worker, PluginType type) {
    std::vector<std::string_view> prefixes;
    if (type == PluginType::Source) {
        const bool own_offsets =
            worker.mode == WorkerMode::Distributed &&
            (given(settings, "offsets.storage.topic") || worker.exactly_once_source == ExactlyOnceSource::Enabled);
        prefixes.emplace_back("producer.override.");
        if (own_offsets || creates_topics(settings)) prefixes.emplace_back("admin.override.");
        if (own_offsets) prefixes.emplace_back("consumer.override.");
    } else {
        const bool dead_letters = given(settings, "errors.deadletterqueue.topic.name");
        if (dead_letters) prefixes = {"producer.override.", "admin.override."};
        prefixes.emplace_back("consumer.override.");
    }
    return prefixes;
}

/// Without the prefix, in the order of a Java map that is filled from the map of all settings.
std::vector<std::string> keys_under(std::string_view prefix, const Settings& settings) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : settings) names.push_back(name);
    std::vector<std::string> keys;
    for (const auto& name : in_java_order(std::move(names), java_copy_capacity(settings.size()))) {
        if (name.starts_with(prefix) && name.size() > prefix.size()) keys.push_back(name.substr(prefix.size()));
    }
    return in_java_order(std::move(keys));
}

bool is_secret(std::string_view key) noexcept {
    return key.find("password") != std::string_view::npos || key == "sasl.jaas.config" || key == "ssl.keystore.key" ||
           key.find("secret") != std::string_view::npos;
}

}

std::vector<ConfigInfo> check_client_overrides(const Settings& settings, const WorkerConfig& worker,
                                               PluginType connector_type) {
    std::vector<ConfigInfo> infos;
    const auto policy = OverridePolicy::from(worker.values);
    const auto in_use = prefixes_in_use(settings, worker, connector_type);
    for (const std::string_view prefix : {"producer.override.", "consumer.override.", "admin.override."}) {
        if (std::ranges::find(in_use, prefix) == in_use.end()) continue;
        const auto client = prefix.substr(0, prefix.find('.'));
        for (const auto& key : keys_under(prefix, settings)) {
            const auto& [name, value] = *settings.find(std::string(prefix) + key);
            const auto why = client_value_complaint(client, key, value);
            if (!why.empty()) throw UnreadableOverrideException(why);
            auto& info = infos.emplace_back();
            info.value.name = name;
            info.value.value = is_secret(key) ? "[hidden]" : value;
            if (!policy.allows(key)) info.value.errors.push_back(policy.refusal(key));
        }
    }
    return infos;
}

}
