/// Which client settings a connector may override (producer.override.* and the like).
///
/// Facts   KIP-458 and KIP-1188: policies All, None, Principal and Allowlist.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

struct OverridePolicy {
    std::string name = "All";
    std::vector<std::string> allowlist = {};

    /// From connector.client.config.override.policy (class name or alias) and .allowlist. Throws ConfigException for a
    /// policy that does not exist.
    static OverridePolicy from(const Config& worker);
    /// A policy has this class name or alias.
    static bool exists(std::string_view name) noexcept;
    /// `key` without its prefix.
    bool allows(std::string_view key) const;
    /// "The 'None' policy does not allow 'acks' to be overridden in the connector configuration."
    std::string refusal(std::string_view key) const;
    /// Throws ConnectException for the first override with this prefix that is not allowed: validation has refused it
    /// already, unless the policy changed since.
    void check(const Settings& connector, std::string_view prefix) const;
};

}
