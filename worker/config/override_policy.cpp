#include "worker/config/override_policy.hpp"

#include "connectors/support/settings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace millrace::worker {

namespace {
constexpr std::array<std::string_view, 4> policies{"All", "None", "Principal", "Allowlist"};
constexpr std::array<std::string_view, 3> principal_keys{"sasl.jaas.config", "sasl.mechanism", "security.protocol"};
constexpr std::string_view class_suffix = "ConnectorClientConfigOverridePolicy";

std::string_view alias_of(std::string_view name) noexcept {
    name.remove_prefix(name.rfind('.') + 1);
    if (name.ends_with(class_suffix)) name.remove_suffix(class_suffix.size());
    return name;
}

}

OverridePolicy OverridePolicy::from(const Config& worker) {
    const auto given = worker.get_string("connector.client.config.override.policy");
    const auto name = alias_of(given);
    if (!exists(given)) {
        throw ConfigException(fmt::format(
            "Invalid value {} for configuration connector.client.config.override.policy: String must be one of: All, "
            "None, Principal, Allowlist",
            given));
    }
    return {.name = std::string(name), .allowlist = worker.get_list("connector.client.config.override.allowlist")};
}

bool OverridePolicy::exists(std::string_view name) noexcept {
    return std::ranges::find(policies, alias_of(name)) != policies.end();
}

bool OverridePolicy::allows(std::string_view key) const {
    if (name == "All") return true;
    if (name == "Principal") return std::ranges::find(principal_keys, key) != principal_keys.end();
    if (name == "Allowlist") return std::ranges::find(allowlist, key) != allowlist.end();
    return false;
}

std::string OverridePolicy::refusal(std::string_view key) const {
    return fmt::format("The '{}' policy does not allow '{}' to be overridden in the connector configuration.", name,
                       key);
}

void OverridePolicy::check(const Settings& connector, std::string_view prefix) const {
    for (const auto& [key, value] : with_prefix_removed(connector, prefix)) {
        if (!allows(key)) throw ConnectException(fmt::format("Client Config Overrides not allowed [{}]", refusal(key)));
    }
}

}
