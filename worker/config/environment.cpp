#include "worker/config/environment.hpp"

#include "connectors/support/log.hpp"
#include "connectors/support/text.hpp"
#include "worker/config/environment_log.hpp"
#include "worker/config/environment_tables.hpp"
#include "worker/config/worker_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace millrace::worker {

namespace {

using environment::prefix;

constexpr std::string_view file_suffix = "_FILE";
constexpr std::string_view hidden = "[hidden]";
constexpr std::string_view plugin_volume = "/kafka/connect";
/// Confluent's Avro converter, which its image does not start without a registry for.
constexpr std::string_view avro_converter = "io.confluent.connect.avro.AvroConverter";

bool is_setting(std::string_view name) {
    const auto keys = worker_config_keys(WorkerMode::Distributed);
    return std::ranges::find(keys, name, &ConfigKey::name) != keys.end();
}

/// As debezium/connect does: the name of a CONNECT_ variable may stand anywhere in the text, whatever separates names
/// there. Others are whole words of it.
bool is_listed(std::string_view variable, std::string_view names) {
    const auto in_name = [&](std::size_t at) {
        return at < names.size() && (std::isalnum(static_cast<unsigned char>(names[at])) != 0 || names[at] == '_');
    };
    for (auto at = names.find(variable); at != std::string_view::npos; at = names.find(variable, at + 1)) {
        const bool whole = (at == 0 || !in_name(at - 1)) && !in_name(at + variable.size());
        if (whole || variable.starts_with(prefix)) return true;
    }
    return false;
}

std::string upper_variable(std::string_view setting) {
    std::string name(prefix);
    for (const char c : setting) name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

class Builder {
public:
    explicit Builder(const EnvironmentInput& input) : input_(input), variables_(input.variables) {}

    EnvironmentSettings build() {
        take_files();
        read_sensitive();
        warn_of_what_does_nothing();
        environment::read_log_levels(variables_, out_);
        if (input_.style == EnvironmentStyle::Confluent) {
            confluent();
        } else {
            debezium();
        }
        add_plugins();
        return std::move(out_);
    }

private:
    const std::string* find(std::string_view variable) const {
        const auto found = variables_.find(variable);
        return found == variables_.end() || found->second.empty() ? nullptr : &found->second;
    }

    /// Of X_FILE only what could be meant: a CONNECT_ variable or a short name.
    bool names_a_file(std::string_view variable) const {
        if (!variable.ends_with(file_suffix)) return false;
        const auto target = variable.substr(0, variable.size() - file_suffix.size());
        if (std::ranges::find(environment::short_names(), target, &environment::ShortName::variable) !=
            environment::short_names().end()) {
            return true;
        }
        return variable.starts_with(prefix) && target.size() > prefix.size() &&
               !is_setting(setting_of_variable(input_.style, variable.substr(prefix.size())));
    }
    void take_files() {
        for (const auto& [variable, path] : input_.variables) {
            if (path.empty() || !names_a_file(variable)) continue;
            const auto target = variable.substr(0, variable.size() - file_suffix.size());
            variables_.erase(variable);
            if (find(target) != nullptr) {
                out_.problems.push_back(
                    fmt::format("{} and {} are both set: only one of them can be.", target, variable));
                continue;
            }
            try {
                auto text = input_.read_file(path);
                while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
                sensitive_.insert(target);
                out_.secrets.push_back(text);
                variables_.insert_or_assign(target, std::move(text));
            } catch (const ConfigException& e) {
                out_.problems.push_back(fmt::format("{}: {}", variable, e.what()));
            }
        }
    }
    void read_sensitive() {
        const auto* own = find("SENSITIVE_PROPERTIES");
        const auto names = own != nullptr ? std::string_view(*own) : environment::sensitive_variables();
        for (const auto& [variable, value] : variables_) {
            if (value.empty() || !is_listed(variable, names)) continue;
            if (std::ranges::find(out_.secrets, value) == out_.secrets.end()) out_.secrets.push_back(value);
            sensitive_.insert(variable);
        }
    }
    std::string shown(const std::string& variable, std::string_view setting, const std::string& value) const {
        if (sensitive_.contains(variable)) return std::string(hidden);
        return std::string(shown_value(worker_config_keys(WorkerMode::Distributed), setting, value));
    }

    void warn_of_what_does_nothing() {
        for (const auto& [variable, value] : variables_) {
            const auto* row = environment::find_without_effect(variable);
            if (row == nullptr || value.empty() || value == row->harmless) continue;
            out_.warnings.push_back(fmt::format("{} has no effect: {}.", variable, row->why));
        }
    }

    void take(const std::string& variable, const std::string& setting, const std::string& value) {
        out_.notes.push_back(
            fmt::format("--- Setting property from {}: {}={}", variable, setting, shown(variable, setting, value)));
        out_.settings.insert_or_assign(setting, value);
    }
    /// Every CONNECT_ variable that is a setting.
    void take_prefixed(const std::set<std::string, std::less<>>& decided) {
        for (const auto& [variable, value] : variables_) {
            if (!variable.starts_with(prefix) || variable.size() == prefix.size() ||
                environment::is_log_variable(variable) || environment::find_without_effect(variable) != nullptr) {
                continue;
            }
            const auto setting = setting_of_variable(input_.style, std::string_view(variable).substr(prefix.size()));
            if (!decided.contains(setting)) {
                take(variable, setting, value);
            } else if (out_.settings[setting] != value) {
                out_.warnings.push_back(
                    fmt::format("{} has no effect: {} is {}, as the variable without CONNECT_ or its default says.",
                                variable, setting, shown(variable, setting, out_.settings[setting])));
            }
        }
    }

    /// "tcp://kafka:9092" of a linked container becomes "kafka:9092"; a link has several names.
    std::string linked_brokers() const {
        constexpr std::string_view link = "PORT_9092_TCP";
        constexpr std::string_view scheme = "tcp://";
        std::vector<std::string> brokers;
        for (const auto& [variable, value] : variables_) {
            if (!variable.ends_with(link) || !value.starts_with(scheme)) continue;
            const auto broker = value.substr(scheme.size());
            if (std::ranges::find(brokers, broker) == brokers.end()) brokers.push_back(broker);
        }
        return fmt::format("{}", fmt::join(brokers, ","));
    }
    std::string value_of(const environment::ShortName& row) const {
        if (const auto* given = find(row.variable)) return *given;
        if (row.setting == "bootstrap.servers") {
            if (auto linked = linked_brokers(); !linked.empty()) return linked;
        }
        if (row.setting == "rest.advertised.host.name") {
            const auto* host = find("HOST_NAME");
            return host != nullptr ? *host : input_.own_address;
        }
        // The listener's own port is what others reach it by.
        if (row.setting == "rest.advertised.port" && find("CONNECT_LISTENERS") != nullptr) return {};
        return std::string(row.value);
    }
    void debezium() {
        if (input_.file) {
            out_.settings = *input_.file;
        } else {
            for (const auto& row : environment::sample_file()) out_.settings.emplace(row.setting, row.value);
        }
        std::set<std::string, std::less<>> decided;
        std::vector<std::string> used;
        for (const auto& row : environment::short_names()) {
            const auto value = value_of(row);
            if (value.empty()) {
                const bool otherwise = !row.warning.empty() && find(upper_variable(row.setting)) != nullptr;
                if (!row.problem.empty()) out_.problems.emplace_back(row.problem);
                if (!row.warning.empty() && !otherwise) out_.warnings.emplace_back(row.warning);
                continue;
            }
            const std::string variable(row.variable), setting(row.setting);
            used.push_back(fmt::format("      {}={}", variable, shown(variable, setting, value)));
            out_.settings.insert_or_assign(setting, value);
            decided.insert(setting);
        }
        out_.notes.emplace_back("Using the following environment variables:");
        std::ranges::move(used, std::back_inserter(out_.notes));
        take_registry(decided);
        take_prefixed(decided);
    }
    /// APICURIO_REGISTRY names the registry of both converters.
    void take_registry(std::set<std::string, std::less<>>& decided) {
        const auto* url = find("APICURIO_REGISTRY");
        if (url == nullptr) return;
        for (const std::string side : {"key", "value"}) {
            const auto converter = side + ".converter", registry = converter + ".apicurio.registry.";
            const std::pair<std::string, std::string> rows[] = {
                {converter, "io.apicurio.registry.utils.converter.AvroConverter"},
                {registry + "url", *url},
                {registry + "auto.register", "true"},
                {registry + "find.latest", "true"},
            };
            for (const auto& [setting, value] : rows) {
                take("APICURIO_REGISTRY", setting, value);
                decided.insert(setting);
            }
        }
    }

    void confluent() {
        adopt("HOST", "CONNECT_REST_ADVERTISED_HOST_NAME");
        adopt("PORT0", "CONNECT_REST_ADVERTISED_PORT");
        for (const auto variable : environment::required_variables()) require(variable);
        for (const std::string side : {"KEY", "VALUE"}) {
            const auto* converter = find(fmt::format("CONNECT_{}_CONVERTER", side));
            if (converter != nullptr && *converter == avro_converter) {
                require(fmt::format("CONNECT_{}_CONVERTER_SCHEMA_REGISTRY_URL", side));
            }
        }
        if (input_.file) out_.settings = *input_.file;
        take_prefixed({});
    }
    void adopt(std::string_view from, const std::string& to) {
        if (const auto* value = find(from); value != nullptr && find(to) == nullptr) {
            variables_.insert_or_assign(to, *value);
        }
    }
    void require(std::string_view variable) {
        if (find(variable) == nullptr) out_.problems.push_back(fmt::format("{} is required.", variable));
    }

    void add_plugins() {
        const auto* volume = find("KAFKA_CONNECT_PLUGINS_DIR");
        auto& path = out_.settings["plugin.path"];
        if (path.empty()) path = volume != nullptr ? *volume : std::string(plugin_volume);
    }

    const EnvironmentInput& input_;
    Environment variables_;
    std::set<std::string, std::less<>> sensitive_;
    EnvironmentSettings out_;
};

}

EnvironmentStyle environment_style(const Environment& variables) {
    constexpr std::array<std::string_view, 5> identity{"BOOTSTRAP_SERVERS", "GROUP_ID", "CONFIG_STORAGE_TOPIC",
                                                       "OFFSET_STORAGE_TOPIC", "STATUS_STORAGE_TOPIC"};
    const auto has = [&](std::string_view before) {
        return std::ranges::any_of(identity, [&](std::string_view name) {
            const auto variable = std::string(before) + std::string(name);
            return variables.contains(variable) || variables.contains(variable + std::string(file_suffix));
        });
    };
    return !has("") && has(prefix) ? EnvironmentStyle::Confluent : EnvironmentStyle::Debezium;
}

std::optional<EnvironmentStyle> parse_environment_style(std::string_view name) {
    const auto word = lower_case(name);
    if (word == "debezium") return EnvironmentStyle::Debezium;
    if (word == "confluent") return EnvironmentStyle::Confluent;
    return std::nullopt;
}

std::string setting_of_variable(EnvironmentStyle style, std::string_view name) {
    std::string setting;
    for (std::size_t i = 0; i < name.size();) {
        if (name[i] != '_') {
            setting += name[i++];
            continue;
        }
        const auto end = std::min(name.find_first_not_of('_', i), name.size());
        auto run = end - i;
        i = end;
        if (style == EnvironmentStyle::Debezium) {
            setting.append(run, '.');
            continue;
        }
        // The longest escape first: four are a dash and a dot.
        for (; run >= 3; run -= 3) setting += '-';
        if (run > 0) setting += run == 2 ? '_' : '.';
    }
    return lower_case(setting);
}

EnvironmentSettings settings_from_environment(const EnvironmentInput& input) { return Builder(input).build(); }

}
