#include "rest/resources/route_docs.hpp"

#include "connectors/api/errors.hpp"

#include <algorithm>
#include <array>

namespace millrace::rest {

namespace {

constexpr std::array ok_info{DocumentedAnswer{200, "ServerInfo"}};
constexpr std::array ok_health{DocumentedAnswer{200, "Health"}, DocumentedAnswer{500, "Health"},
                               DocumentedAnswer{503, "Health"}};
constexpr std::array ok_text{DocumentedAnswer{200, "text/plain"}};
constexpr std::array ok_json{DocumentedAnswer{200, "Any"}};
constexpr std::array ok_list{DocumentedAnswer{200, "ConnectorList"}};
constexpr std::array ok_created{DocumentedAnswer{201, "ConnectorInfo"}};
constexpr std::array ok_put{DocumentedAnswer{200, "ConnectorInfo"}, DocumentedAnswer{201, "ConnectorInfo"}};
constexpr std::array ok_connector{DocumentedAnswer{200, "ConnectorInfo"}};
constexpr std::array ok_config{DocumentedAnswer{200, "Config"}};
constexpr std::array ok_status{DocumentedAnswer{200, "ConnectorStatus"}};
constexpr std::array ok_restart{DocumentedAnswer{202, "ConnectorStatus"}, DocumentedAnswer{204, ""}};
constexpr std::array accepted{DocumentedAnswer{202, ""}};
constexpr std::array no_content{DocumentedAnswer{204, ""}};
constexpr std::array ok_topics{DocumentedAnswer{200, "Topics"}};
constexpr std::array ok_tasks{DocumentedAnswer{200, "Tasks"}};
constexpr std::array ok_task_status{DocumentedAnswer{200, "TaskStatus"}};
constexpr std::array ok_offsets{DocumentedAnswer{200, "Offsets"}};
constexpr std::array ok_message{DocumentedAnswer{200, "Message"}};
constexpr std::array ok_plugins{DocumentedAnswer{200, "Plugins"}};
constexpr std::array ok_keys{DocumentedAnswer{200, "ConfigKeys"}};
constexpr std::array ok_infos{DocumentedAnswer{200, "ConfigInfos"}};
constexpr std::array ok_loggers{DocumentedAnswer{200, "Loggers"}};
constexpr std::array ok_logger{DocumentedAnswer{200, "LoggerLevel"}};
constexpr std::array ok_level{DocumentedAnswer{200, "Names"}, DocumentedAnswer{204, ""}};

constexpr std::array docs{
    RouteDoc{"GET", "/", "Version of the API, build, and id of the Kafka cluster.", "", ok_info},
    RouteDoc{"GET", "/health", "Whether this worker has started and its herder answers.", "", ok_health},
    RouteDoc{"GET", "/metrics", "Metrics of the worker, its connectors and tasks, as Prometheus reads them.", "",
             ok_text},
    RouteDoc{"GET", "/openapi.json", "This description.", "", ok_json},
    RouteDoc{"GET", "/connectors", "Names of all connectors, or what is known of each.", "", ok_list, "expand"},
    RouteDoc{"POST", "/connectors", "Creates a connector.", "CreateConnector", ok_created},
    RouteDoc{"GET", "/connectors/{connector}", "A connector's configuration and tasks.", "", ok_connector},
    RouteDoc{"DELETE", "/connectors/{connector}", "Deletes a connector; what it wrote, and its offsets, stay.", "",
             no_content},
    RouteDoc{"GET", "/connectors/{connector}/config", "A connector's configuration.", "", ok_config},
    RouteDoc{"PUT", "/connectors/{connector}/config", "Creates a connector, or replaces its configuration.",
             "ConfigInput", ok_put},
    RouteDoc{"PATCH", "/connectors/{connector}/config", "Changes some settings; null removes one.", "ConfigInput",
             ok_connector},
    RouteDoc{"GET", "/connectors/{connector}/status", "States of a connector and its tasks.", "", ok_status},
    RouteDoc{"POST", "/connectors/{connector}/restart", "Restarts a connector, and its tasks where that is asked for.",
             "", ok_restart, "includeTasks onlyFailed"},
    RouteDoc{"PUT", "/connectors/{connector}/pause", "Pauses a connector and its tasks.", "", accepted},
    RouteDoc{"PUT", "/connectors/{connector}/resume", "Resumes a connector that is paused or stopped.", "", accepted},
    RouteDoc{"PUT", "/connectors/{connector}/stop", "Stops a connector; its tasks end.", "", no_content},
    RouteDoc{"GET", "/connectors/{connector}/topics", "Topics that a connector has used.", "", ok_topics},
    RouteDoc{"PUT", "/connectors/{connector}/topics/reset", "Forgets which topics a connector has used.", "", accepted},
    RouteDoc{"GET", "/connectors/{connector}/tasks", "Configurations of a connector's tasks.", "", ok_tasks},
    RouteDoc{"GET", "/connectors/{connector}/tasks/{task}/status", "State of a task.", "", ok_task_status},
    RouteDoc{"POST", "/connectors/{connector}/tasks/{task}/restart", "Restarts a task.", "", no_content},
    RouteDoc{"GET", "/connectors/{connector}/offsets", "Offsets of a connector.", "", ok_offsets},
    RouteDoc{"PATCH", "/connectors/{connector}/offsets", "Changes offsets of a connector that is stopped.", "Offsets",
             ok_message},
    RouteDoc{"DELETE", "/connectors/{connector}/offsets", "Forgets the offsets of a connector that is stopped.", "",
             ok_message},
    RouteDoc{"GET", "/connector-plugins", "Plugins of this worker.", "", ok_plugins, "connectorsOnly"},
    RouteDoc{"GET", "/connector-plugins/{plugin}/config", "Settings of a plugin.", "", ok_keys, "version"},
    RouteDoc{"PUT", "/connector-plugins/{plugin}/config/validate", "Checks a configuration without using it.",
             "ConfigInput", ok_infos},
    RouteDoc{"POST", "/connectors/{connector}/tasks", "Internal: task configurations from another worker.",
             "TaskConfigs", no_content},
    RouteDoc{"PUT", "/connectors/{connector}/fence", "Internal: fences earlier tasks of an exactly-once source.", "",
             no_content},
    RouteDoc{"GET", "/admin/loggers", "Levels of the loggers.", "", ok_loggers},
    RouteDoc{"GET", "/admin/loggers/{logger}", "Level of a logger.", "", ok_logger},
    RouteDoc{"PUT", "/admin/loggers/{logger}", "Sets the level of a logger, of this worker or of all.", "LevelInput",
             ok_level, "scope"},
};

}

const RouteDoc& doc_of(const Route& route) noexcept {
    const auto found = std::ranges::find_if(
        docs, [&](const RouteDoc& doc) { return doc.method == route.method && doc.path == route.path; });
    MILLRACE_ASSERT(found != docs.end());
    return *found;
}

std::vector<Route> main_routes(bool with_admin) {
    std::vector<Route> all;
    for (const auto table : {root_routes(), health_routes(), connector_routes(), offset_routes(),
                             connector_plugin_routes(), internal_routes(), metrics_routes(), openapi_routes(),
                             with_admin ? logger_routes() : std::span<const Route>()}) {
        all.insert(all.end(), table.begin(), table.end());
    }
    return all;
}

}
