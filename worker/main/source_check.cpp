#include "worker/main/source_check.hpp"

#include "connectors/support/secret_mask.hpp"
#include "worker/main/connector_file.hpp"
#include "worker/main/start_up.hpp"
#include "worker/runtime/config_providers.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace millrace::worker {

namespace {

struct Checker {
    std::string_view connector;  ///< class name or alias
    std::string_view program;    ///< beside the plugins' folder
};
constexpr std::array checkers{Checker{"io.debezium.connector.postgresql.PostgresConnector", "check-postgres-source"},
                              Checker{"PostgresConnector", "check-postgres-source"},
                              Checker{"Postgres", "check-postgres-source"}};

std::string program_for(const Settings& settings) {
    const auto given = settings.find("connector.class");
    const std::string name = given == settings.end() ? "" : given->second;
    const auto* found = std::ranges::find(checkers, name, &Checker::connector);
    if (found == checkers.end()) {
        throw ConfigException(fmt::format("--check-source knows PostgreSQL's connector, not connector.class={}", name));
    }
    return (std::filesystem::path(own_plugin_directory()).parent_path() / found->program).string();
}

/// As a file of properties has it.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else {
            if (c == '\\' || c == '=' || c == ':' || c == ' ' || c == '#' || c == '!') out += '\\';
            out += c;
        }
    }
    return out;
}

std::string as_properties(const Settings& settings) {
    std::string text;
    for (const auto& [key, value] : settings) text += fmt::format("{}={}\n", escaped(key), escaped(value));
    return text;
}

/// Its exit status; `input` goes to its standard input, which no list of processes shows.
int run(const std::string& program, const std::string& input) {
    FILE* in = std::tmpfile();
    if (in == nullptr) throw ConfigException("No temporary file can be made");
    const std::unique_ptr<FILE, int (*)(FILE*)> owner(in, &std::fclose);
    std::fwrite(input.data(), 1, input.size(), in);
    std::rewind(in);
    const auto child = fork();
    if (child == 0) {
        dup2(fileno(in), STDIN_FILENO);
        execl(program.c_str(), program.c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 127) {
        throw ConfigException(fmt::format("{} cannot be run", program));
    }
    return WEXITSTATUS(status);
}

}

int check_source(const std::string& file, const GivenSettings& given) {
    auto connector = read_connector_file(file);
    const auto program = program_for(connector.config.settings);
    const Logger logger(std::make_shared<LogControl>(LogOptions{.root_level = LogLevel::Error}), "check-source");
    const auto plugins = make_plugins(given.settings, logger);
    auto transformer = make_config_transformer(given.settings, plugins, std::make_shared<SecretMask>());
    return run(program, as_properties(transformer.transform(connector.config.settings)));
}

}
