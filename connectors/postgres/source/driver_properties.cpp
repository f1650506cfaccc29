#include "connectors/postgres/source/driver_properties.hpp"

#include "connectors/postgres/source/config_keys.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace millrace::postgres {
namespace {

constexpr std::array<std::string_view, 2> prefixes = {"database.", "driver."};

struct WithoutEffect {
    std::string_view property;
    std::string_view why;
};
constexpr std::string_view java_class =
    "it names a Java class, which cannot be loaded here; use database.sslmode and the certificate settings";
constexpr std::string_view java_login =
    "a login by a Java class or by Kerberos is not there; use a password, which a config provider may hand out, or a "
    "client certificate (database.sslcert)";
constexpr std::string_view java_socket =
    "it names a Java class, which cannot be loaded here; let database.hostname lead to a proxy beside the worker that "
    "connects as the class does";
constexpr std::string_view one_host = "database.hostname names one host; let a proxy or the DNS choose among several";
constexpr std::string_view only_reads =
    "set it in the server's words: driver.options=-c default_transaction_read_only=on";
constexpr std::string_view of_driver = "it arranges the inside of Debezium's JDBC driver; remove it";
// What somebody may rely on. All else that the driver knows is its own affair.
constexpr std::array without_effect = {
    WithoutEffect{"ApplicationName",
                  "Debezium replaces it too: connections are named Debezium General, Debezium Streaming and the like; "
                  "remove it"},
    WithoutEffect{"socketTimeout",
                  "a query ends after database.query.timeout.ms, and a network that swallows packets is noticed within "
                  "about a minute (database.tcpKeepAlive); use these"},
    WithoutEffect{"queryTimeout", "use database.query.timeout.ms"},
    WithoutEffect{"cancelSignalTimeout", "a query that is cancelled is waited for 5 s; remove it"},
    WithoutEffect{"sslResponseTimeout", "use driver.connectTimeout"},
    WithoutEffect{"gssResponseTimeout", "use driver.connectTimeout"},
    WithoutEffect{"readOnly", only_reads},
    WithoutEffect{"readOnlyMode", only_reads},
    WithoutEffect{"requireAuth", "leave in pg_hba.conf the methods that are to be used, or use driver.channelBinding"},
    WithoutEffect{"sslNegotiation", "TLS begins as the server's protocol has it; remove it"},
    WithoutEffect{"localSocketAddress", "the system's routes choose it; set them"},
    WithoutEffect{"service", "use the database.* settings"},
    WithoutEffect{"loadBalanceHosts", one_host},
    WithoutEffect{"hostRecheckSeconds", one_host},
    WithoutEffect{"sslfactoryarg", java_class},
    WithoutEffect{"sslhostnameverifier", java_class},
    WithoutEffect{"sslpasswordcallback",
                  "it names a Java class, which cannot be loaded here; use database.sslpassword"},
    WithoutEffect{"authenticationPluginClassName", java_login},
    WithoutEffect{"gssEncMode", java_login},
    WithoutEffect{"gsslib", java_login},
    WithoutEffect{"gssUseDefaultCreds", java_login},
    WithoutEffect{"jaasApplicationName", java_login},
    WithoutEffect{"jaasLogin", java_login},
    WithoutEffect{"kerberosServerName", java_login},
    WithoutEffect{"socketFactory", java_socket},
    WithoutEffect{"socketFactoryArg", java_socket},
};

bool is_setting(std::string_view key) {
    return std::ranges::find(config_keys(), key, &ConfigKey::name) != config_keys().end();
}

}

DriverProperties::DriverProperties(const Settings& settings) : settings_(settings) {
    for (const auto prefix : prefixes) {
        for (const auto& [key, value] : settings) {
            if (key.starts_with(prefix)) properties_[key.substr(prefix.size())] = value;
        }
    }
}

bool DriverProperties::has(std::string_view name) {
    known_.emplace(name);
    return properties_.find(name) != properties_.end();
}

std::optional<std::string> DriverProperties::find(std::string_view name) {
    if (!has(name)) return {};
    const auto& value = properties_.find(name)->second;
    return value.empty() ? std::nullopt : std::optional(value);
}

std::optional<std::int64_t> DriverProperties::number(std::string_view name) {
    const auto found = find(name);
    if (!found) return {};
    const auto text = trim(*found);
    std::int64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return {};
    return value;
}

void DriverProperties::warn_of_others(const Warn& warn) const {
    for (const auto& [key, value] : settings_) {
        const auto prefix = std::ranges::find_if(prefixes, [&](auto p) { return key.starts_with(p); });
        if (prefix == prefixes.end()) continue;
        const auto property = std::string_view(key).substr(prefix->size());
        if (known_.contains(property) || is_setting(key)) continue;
        const auto row = std::ranges::find(without_effect, property, &WithoutEffect::property);
        // Values may be secrets.
        warn(fmt::format("{} has no effect: {}", key, row == without_effect.end() ? of_driver : row->why));
    }
}

}
