#include "worker/validation/client_overrides.hpp"

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
        for (auto entry = settings.lower_bound(prefix); entry != settings.end() && entry->first.starts_with(prefix);
             ++entry) {
            const auto key = std::string_view(entry->first).substr(prefix.size());
            const auto why = client_value_complaint(key, entry->second);
            if (!why.empty()) throw UnreadableOverrideException(why);
            auto& info = infos.emplace_back();
            info.value.name = entry->first;
            info.value.value = is_secret(key) ? "[hidden]" : entry->second;
            if (!policy.allows(key)) info.value.errors.push_back(policy.refusal(key));
        }
    }
    return infos;
}

}
