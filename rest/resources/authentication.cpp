#include "rest/resources/authentication.hpp"

#include "connectors/support/properties.hpp"
#include "connectors/support/regex.hpp"
#include "rest/resources/access.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/kafka/client_config.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iterator>

namespace millrace::rest {

namespace {

constexpr std::string_view extension_class =
    "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension";
constexpr std::string_view login_module = "org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule";

std::string jaas_file(std::string_view java_options) {
    const Regex option(R"((?s).*?-Djava\.security\.auth\.login\.config=("[^"]*"|\S+).*)");
    const auto groups = option.groups_of(java_options);
    if (!groups) {
        throw ConfigException(
            "BasicAuthSecurityRestExtension needs users: set the environment's KAFKA_OPTS to "
            "-Djava.security.auth.login.config=<JAAS file> with an entry KafkaConnect");
    }
    auto path = groups->at(1);
    if (path.starts_with('"')) path = path.substr(1, path.size() - 2);
    return path;
}

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw ConfigException(fmt::format("The JAAS file {} cannot be read", path));
    return {std::istreambuf_iterator<char>(file), {}};
}

/// "KafkaConnect { <login module> required file="/users.properties"; };"
JaasLogin login_of(const std::string& path) {
    const Regex entry(R"((?s).*?\bKafkaConnect\s*\{(.*?;)\s*\}\s*;.*)");
    const auto groups = entry.groups_of(text_of(path));
    if (!groups) throw ConfigException(fmt::format("The JAAS file {} has no entry KafkaConnect", path));
    auto login = parse_jaas_config(groups->at(1));
    if (login.login_module == login_module && login.options.contains("file")) return login;
    throw ConfigException(fmt::format("The entry KafkaConnect of the JAAS file {} must be: {} required file=\"...\";",
                                      path, login_module));
}

}

std::shared_ptr<Access> access_control(const worker::WorkerConfig& config, const Logger& logger) {
    AccessOptions options{.htpasswd_file = config.values.get_string("millrace.rest.htpasswd.file"),
                          .roles_file = config.values.get_string("millrace.rest.roles.file")};
    const bool java = !config.values.get_list("rest.extension.classes").empty();
    if (options.htpasswd_file.empty() && options.roles_file.empty()) return nullptr;
    if (java && !options.htpasswd_file.empty()) {
        throw ConfigException(
            "Users are either in millrace.rest.htpasswd.file or in the JAAS file of "
            "rest.extension.classes, not in both");
    }
    if (!java && options.htpasswd_file.empty()) {
        throw ConfigException(
            "millrace.rest.roles.file needs users: set millrace.rest.htpasswd.file, or "
            "rest.extension.classes to BasicAuthSecurityRestExtension");
    }
    return std::make_shared<Access>(std::move(options), logger);
}

std::optional<BasicAuth> authentication(const worker::WorkerConfig& config, std::string_view java_options,
                                        const Logger& logger) {
    bool wanted = false;
    for (const auto& name : config.values.get_list("rest.extension.classes")) {
        if (name != extension_class && name != "BasicAuthSecurityRestExtension") {
            throw ConfigException(fmt::format("rest.extension.classes names {}, which is not known here: only {} is",
                                              name, extension_class));
        }
        wanted = true;
    }
    if (!wanted) return std::nullopt;
    const auto file = login_of(jaas_file(java_options)).options.at("file");
    auto users = read_properties_file(file);
    if (users.empty() && !config.values.get_string("millrace.rest.roles.file").empty()) {
        throw ConfigException(fmt::format(
            "millrace.rest.roles.file needs users: the credential properties file {} has none, which admits everybody "
            "under any name",
            file));
    }
    if (users.empty()) {
        logger.warn("Credential properties file '{}' is empty; all requests will be permitted", file);
    }
    return BasicAuth(std::move(users));
}

}
