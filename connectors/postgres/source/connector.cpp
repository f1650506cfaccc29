#include "connectors/postgres/source/connector.hpp"

#include "connectors/http/public_address.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/config_keys.hpp"
#include "connectors/postgres/source/offsets.hpp"
#include "connectors/postgres/source/task.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

/// Why the database cannot be used with these settings, or empty.
std::string connection_problem(const Settings& settings) {
    auto connection = connection_settings(settings, [](const std::string&) {});
    std::chrono::milliseconds limit{60'000};
    if (const auto at = settings.find("connection.validation.timeout.ms"); at != settings.end()) {
        limit = std::chrono::milliseconds(Config(config_keys(), settings).get_long("connection.validation.timeout.ms"));
    }
    connection.connect_timeout = std::min(connection.connect_timeout, limit);
    connection.query_timeout = limit;
    connection.initial_statements.clear();
    try {
        Connection check(connection, "Debezium Validate Connection");
        check.query("SELECT version()");
        return {};
    } catch (const ConnectException& e) {
        const std::string_view text = e.what();
        if (text.find("took longer than") != std::string_view::npos) {
            return fmt::format("Connection validation timed out after {} ms", connection.connect_timeout.count());
        }
        return fmt::format("Error while validating connector config: {}", text);
    }
}

/// Why notifications may not be posted to where notification.http.url leads, or empty.
std::string notification_host_problem(const Settings& settings) {
    const auto private_too = settings.find("notification.http.allow.private.networks");
    if (!posts_notifications(settings)) return {};
    if (private_too != settings.end() && lower_case(trim(private_too->second)) == "true") return {};
    return public_host_problem(host_of_url(trim(settings.at("notification.http.url"))));
}

}

void PostgresConnector::start(const Settings& settings, ConnectorContext&) { settings_ = settings; }

std::vector<Settings> PostgresConnector::task_configs(int) { return {settings_}; }

std::vector<ConfigValue> PostgresConnector::validate(const Settings& given) {
    const auto settings = translate_old_names(given, [](const std::string&) {});
    auto values = validate_config(settings);
    const auto failed = [&](std::string_view name) {
        const auto at = std::ranges::find(values, name, &ConfigValue::name);
        return at != values.end() && !at->errors.empty();
    };
    if (!failed("notification.http.url") && !failed("notification.http.allow.private.networks")) {
        if (const auto problem = notification_host_problem(settings); !problem.empty()) {
            std::ranges::find(values, "notification.http.url", &ConfigValue::name)
                ->errors.push_back(fmt::format("The 'notification.http.url' value is invalid: {}", problem));
        }
    }
    if (std::ranges::any_of(values, [](const ConfigValue& value) { return !value.errors.empty(); })) return values;
    if (auto problem = connection_problem(settings); !problem.empty()) {
        std::ranges::find(values, "database.hostname", &ConfigValue::name)->errors.push_back(std::move(problem));
    }
    return values;
}

std::span<const ConfigKey> PostgresConnector::config_keys() const noexcept { return postgres::config_keys(); }

std::unique_ptr<SourceTask> PostgresConnector::make_task() const { return std::make_unique<PostgresTask>(); }

bool PostgresConnector::alter_offsets(const Settings& settings,
                                      std::span<const std::pair<OffsetMap, std::optional<OffsetMap>>> offsets) {
    const auto prefix = settings.find("topic.prefix");
    for (const auto& [partition, offset] : offsets) {
        if (!offset) continue;  // to be forgotten, whatever it is
        check_offset(partition.entries(), offset->entries(), prefix == settings.end() ? "" : trim(prefix->second));
    }
    return false;  // the slot keeps a place of its own, which stays: users are told so
}

}
