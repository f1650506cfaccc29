#include "worker/main/given_settings.hpp"

#include "connectors/support/properties.hpp"
#include "connectors/support/text.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/plugins/registry.hpp"

#include <arpa/inet.h>
#include <boost/asio/ip/host_name.hpp>
#include <fmt/core.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

namespace millrace::worker {

namespace {

/// The IPv4 address of the last network that this host is on, as debezium/connect takes it; the host's name if there is
/// none.
std::string own_ipv4_address() {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return boost::asio::ip::host_name();
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
    std::string interface, found;
    for (const auto* one = list; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
        if ((one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0 || interface == one->ifa_name)
            continue;
        char text[INET_ADDRSTRLEN] = {};
        const auto* address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
        if (inet_ntop(AF_INET, &address->sin_addr, text, sizeof text) == nullptr) continue;
        interface = one->ifa_name;
        found = text;
    }
    return found.empty() ? boost::asio::ip::host_name() : found;
}

EnvironmentStyle wanted_style(const std::string& word, const Environment& variables) {
    if (lower_case(word) == "auto") return environment_style(variables);
    const auto style = parse_environment_style(word);
    if (!style) {
        throw ConfigException(fmt::format("--from-environment={}: it is auto, debezium or confluent", word));
    }
    return *style;
}

GivenSettings from_environment(const std::string& style, const std::string& file, const Environment& variables) {
    EnvironmentInput input{.style = wanted_style(style, variables),
                           .variables = variables,
                           .own_address = own_ipv4_address(),
                           .read_file = read_settings_file};
    if (!file.empty() && std::filesystem::exists(file)) input.file = read_properties_file(file);
    auto read = settings_from_environment(input);
    return {.settings = std::move(read.settings),
            .log = {.root_level = read.root_level.value_or(LogLevel::Info), .levels = std::move(read.levels)},
            .notes = std::move(read.notes),
            .warnings = std::move(read.warnings),
            .problems = std::move(read.problems),
            .secrets = std::move(read.secrets)};
}

}

GivenSettings given_settings(const CommandLine& line, const Environment& variables) {
    GivenSettings given;
    if (line.environment) {
        given = from_environment(*line.environment, line.file, variables);
    } else if (!line.file.empty()) {
        given.settings = read_properties_file(line.file);
    }
    given.settings = with_overrides(std::move(given.settings), line.overrides);
    if (const auto format = given.settings.find("log.format");
        format != given.settings.end() && lower_case(format->second) == "json") {
        given.log.format = LogFormat::Json;
    }
    return given;
}

Environment process_environment() {
    Environment all;
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
        const std::string_view text(*at);
        if (const auto equals = text.find('='); equals != std::string_view::npos) {
            all.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return all;
}

std::string own_plugin_directory() {
    return default_plugin_directory(std::filesystem::read_symlink("/proc/self/exe").string());
}

}
