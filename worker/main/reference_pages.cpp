#include "worker/main/reference_pages.hpp"

#include "connectors/config_providers/environment_provider.hpp"
#include "connectors/config_providers/file_providers.hpp"
#include "rest/resources/roles.hpp"
#include "rest/resources/route_docs.hpp"
#include "worker/config/connector_config.hpp"
#include "worker/config/restart_policy.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/metrics/connect_metrics.hpp"
#include "worker/validation/plugin_lookup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::worker {

namespace {

constexpr std::string_view made_by =
    "<!-- Made by `ninja reference` from the tables in the code; a test compares them. -->\n";

/// In a cell of a table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += "\\|";
        if (c == '<') out += "&lt;";
        if (c == '\n') out += ' ';
        if (c != '|' && c != '<' && c != '\n') out += c;
    }
    return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); }

std::string default_of(const ConfigKey& key) {
    switch (key.default_value.kind) {
    case DefaultValue::Kind::Required:
        return "required";
    case DefaultValue::Kind::Null:
        return "";
    case DefaultValue::Kind::Text:
        return key.default_value.text.empty() ? "empty" : code(cell(key.default_value.text));
    }
    return "";
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string table(std::span<const ConfigKey> keys) {
    std::string text = "| Setting | Type | Default | Importance | Meaning |\n|---|---|---|---|---|\n";
    for (const auto& key : keys) {
        text += fmt::format("| `{}` | {} | {} | {} | {} |\n", key.name, lower(to_string(key.type)), default_of(key),
                            lower(to_string(key.importance)), cell(key.doc));
    }
    return text + "\n";
}

std::string worker_page() {
    const auto distributed = worker_config_keys(WorkerMode::Distributed);
    return fmt::format(
        "# Settings of a worker\n\n{}\n"
        "What stands in the properties file of `connect-distributed`. Settings with the prefixes `producer.`, "
        "`consumer.` "
        "and `admin.` go to the clients of connectors; those of Kafka's Java clients are understood. `CONNECT_*` "
        "variables "
        "of container images become such settings by the image's own script.\n\n{}"
        "Config providers are set up by `config.providers.<name>.class` and `config.providers.<name>.param.*`:\n\n"
        "## FileConfigProvider, DirectoryConfigProvider\n\n{}## EnvVarConfigProvider\n\n{}",
        made_by, table(distributed), table(config_providers::file_provider_keys()),
        table(config_providers::environment_provider_keys()));
}

std::string common_page() {
    return fmt::format(
        "# Settings that every connector has\n\n{}\n## All connectors\n\n{}## Sources\n\n{}## Sinks\n\n{}"
        "## Restarts of what has failed\n\nMillrace's own. Absent, the worker's settings of the same names "
        "count.\n\n{}",
        made_by, table(common_connector_keys()), table(source_connector_keys()), table(sink_connector_keys()),
        table(connector_restart_keys()));
}

std::string plugin_section(const PluginInfo& plugin) {
    auto keys = keys_of(plugin);
    std::vector<ConfigKey> listed;
    std::vector<ConfigKey> hidden;
    for (const auto& key : keys) (key.internal ? hidden : listed).push_back(key);
    auto text = fmt::format("## {}\n\n", plugin.class_name);
    if (listed.empty() && hidden.empty()) return text + "No settings of its own.\n\n";
    if (!listed.empty()) text += table(listed);
    if (!hidden.empty()) text += "Accepted, and not listed by `/connector-plugins`:\n\n" + table(hidden);
    return text;
}

std::string plugins_page(const PluginRegistry& plugins, std::string_view title, std::span<const PluginType> types) {
    auto text = fmt::format("# {}\n\n{}\n", title, made_by);
    for (const auto type : types) {
        for (const auto& plugin : plugins.list()) {
            if (plugin.type == type) text += plugin_section(plugin);
        }
    }
    return text;
}

std::string connect_metrics_section() {
    std::string text;
    std::string_view group;
    std::string_view labels = "-";
    for (const auto& metric : connect_metrics()) {
        if (metric.group != group || metric.labels != labels) {
            group = metric.group;
            labels = metric.labels;
            text += fmt::format("\n## {}\n\n{}\n\n| Metric | Attribute | Kind | Meaning |\n|---|---|---|---|\n",
                                labels.empty() ? std::string(group) : fmt::format("{} of a {}", group, labels),
                                labels.empty() ? "No labels." : fmt::format("Labels: {}.", labels));
        }
        const auto* kind = metric.text ? "text" : kind_of(metric) == MetricKind::Counter ? "counter" : "gauge";
        text += fmt::format("| `{}` | {} | {} | {} |\n", prometheus_name(metric, MetricNames::Strimzi),
                            metric.attribute, kind, cell(metric.help));
    }
    return text;
}

std::string keys_section(std::span<const MetricKey> keys) {
    std::string text = "| Metric | Kind | Meaning |\n|---|---|---|\n";
    for (const auto& key : keys) {
        text += fmt::format("| `{}` | {} | {} |\n", key.name, key.kind == MetricKind::Counter ? "counter" : "gauge",
                            cell(key.help));
    }
    return text;
}

std::string metrics_page(std::span<const PluginMetrics> plugins) {
    auto text = fmt::format(
        "# Metrics\n\n{}\n"
        "`GET /metrics` on each listener of the REST API, those of `admin.listeners` included, as Prometheus' text "
        "format "
        "0.0.4. With authentication a user who may read is enough; `admin.listeners` ask nobody.\n\n"
        "Names are those that people's dashboards have by way of the JMX exporter: with "
        "`millrace.metrics.names=strimzi` "
        "(the default) as Strimzi's rules for it make them, the MBean's type without `connect-` and `-metrics`; with "
        "`millrace.metrics.names=jmx` as the exporter makes them without rules, the whole type, for instance "
        "`kafka_connect_source_task_metrics_source_record_poll_total`. Metrics of Debezium have the names and labels "
        "of "
        "the rules in Debezium's examples, and the worker's labels connector and task besides. A text is a label of "
        "the "
        "metric's name, with the value 1; texts that change with every event (`LastEvent`) are left out, as the "
        "exporter "
        "leaves them out. What Kafka calls a percentage is a ratio from 0 to 1. Rates, means and maxima are over "
        "`metrics.num.samples` windows of `metrics.sample.window.ms`; NaN if nothing happened in them.\n",
        made_by);
    text += connect_metrics_section();
    for (const auto& plugin : plugins) {
        text += fmt::format("\n## {}\n\nLabels: {}, connector, task.\n\n", plugin.title, plugin.labels) +
                keys_section(plugin.keys);
    }
    return text + "\n## The worker itself\n\n" + keys_section(own_metrics::all);
}

std::string place_of(rest::Place place) {
    switch (place) {
    case rest::Place::Local:
        return "the worker that is asked";
    case rest::Place::Leader:
        return "the leader";
    case rest::Place::Owner:
        return "the owner";
    }
    return "";
}

std::string endpoints_page() {
    auto text = fmt::format(
        "# REST API\n\n{}\n"
        "A description for programs is at `/openapi.json`. Requests that another worker does are forwarded to it. The "
        "role is that which `millrace.rest.roles.file` must give the user.\n\n"
        "| Method | Path | Parameters | Done by | Role | Answers | Meaning |\n|---|---|---|---|---|---|---|\n",
        made_by);
    for (const auto& route : rest::main_routes(true)) {
        const auto& doc = rest::doc_of(route);
        std::string answers;
        for (const auto& answer : doc.answers)
            answers += fmt::format("{}{}", answers.empty() ? "" : ", ", answer.status);
        text += fmt::format("| {} | `{}` | {} | {} | {} | {} | {} |\n", route.method, route.path, doc.query,
                            place_of(route.place), to_string(rest::required_action(route.method, route.path)), answers,
                            cell(doc.summary));
    }
    return text;
}

}

std::map<std::string, std::string> reference_pages(const PluginRegistry& plugins,
                                                   std::span<const PluginMetrics> metrics) {
    constexpr PluginType connectors[] = {PluginType::Source, PluginType::Sink};
    constexpr PluginType transformations[] = {PluginType::Transformation, PluginType::Predicate};
    constexpr PluginType converters[] = {PluginType::Converter, PluginType::HeaderConverter};
    return {{"worker.md", worker_page()},
            {"connector.md", common_page()},
            {"connectors.md", plugins_page(plugins, "Connectors", connectors)},
            {"transformations.md", plugins_page(plugins, "Transformations and predicates", transformations)},
            {"converters.md", plugins_page(plugins, "Converters", converters)},
            {"metrics.md", metrics_page(metrics)},
            {"rest.md", endpoints_page()}};
}

}
