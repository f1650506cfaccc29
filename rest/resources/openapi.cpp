#include "connectors/support/json.hpp"
#include "rest/resources/route_docs.hpp"
#include "worker/config/worker_config.hpp"

#include <array>
#include <map>
#include <sstream>

namespace millrace::rest {

namespace {

/// Shapes of bodies; JSON Schema as OpenAPI 3.0 has it.
constexpr std::string_view schemas = R"({
"Any":{},
"Error":{"type":"object","required":["error_code","message"],"properties":{"error_code":{"type":"integer"},"message":{"type":"string","nullable":true}}},
"Names":{"type":"array","items":{"type":"string"}},
"Message":{"type":"object","required":["message"],"properties":{"message":{"type":"string"}}},
"ServerInfo":{"type":"object","required":["version","commit","kafka_cluster_id"],"properties":{"version":{"type":"string"},"commit":{"type":"string"},"kafka_cluster_id":{"type":"string"}}},
"Health":{"type":"object","required":["status","message"],"properties":{"status":{"type":"string","enum":["healthy","starting","unhealthy"]},"message":{"type":"string"}}},
"Config":{"type":"object","additionalProperties":{"type":"string"}},
"ConfigInput":{"type":"object","additionalProperties":{"type":"string","nullable":true},"example":{"connector.class":"FileStreamSource","file":"/tmp/lines","topic":"lines"}},
"State":{"type":"string","enum":["UNASSIGNED","RUNNING","PAUSED","FAILED","DESTROYED","RESTARTING","STOPPED"]},
"Type":{"type":"string","enum":["source","sink","unknown"]},
"TaskId":{"type":"object","required":["connector","task"],"properties":{"connector":{"type":"string"},"task":{"type":"integer"}}},
"ConnectorInfo":{"type":"object","required":["name","config","tasks","type"],"properties":{"name":{"type":"string"},"config":{"$ref":"#/components/schemas/Config"},"tasks":{"type":"array","items":{"$ref":"#/components/schemas/TaskId"}},"type":{"$ref":"#/components/schemas/Type"}}},
"ConnectorState":{"type":"object","required":["state","worker_id"],"properties":{"state":{"$ref":"#/components/schemas/State"},"worker_id":{"type":"string"},"version":{"type":"string","nullable":true},"trace":{"type":"string"}}},
"TaskStatus":{"type":"object","required":["id","state","worker_id"],"properties":{"id":{"type":"integer"},"state":{"$ref":"#/components/schemas/State"},"worker_id":{"type":"string"},"version":{"type":"string","nullable":true},"trace":{"type":"string"}}},
"ConnectorStatus":{"type":"object","required":["name","connector","tasks","type"],"properties":{"name":{"type":"string"},"connector":{"$ref":"#/components/schemas/ConnectorState"},"tasks":{"type":"array","items":{"$ref":"#/components/schemas/TaskStatus"}},"type":{"$ref":"#/components/schemas/Type"}}},
"ConnectorList":{"oneOf":[{"$ref":"#/components/schemas/Names"},{"type":"object","additionalProperties":{"type":"object"}}]},
"CreateConnector":{"type":"object","required":["name","config"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"config":{"$ref":"#/components/schemas/ConfigInput"},"initial_state":{"type":"string","enum":["RUNNING","PAUSED","STOPPED"]}}},
"Topics":{"type":"object","additionalProperties":{"type":"object","required":["topics"],"properties":{"topics":{"$ref":"#/components/schemas/Names"}}}},
"Tasks":{"type":"array","items":{"type":"object","required":["id","config"],"properties":{"id":{"$ref":"#/components/schemas/TaskId"},"config":{"$ref":"#/components/schemas/Config"}}}},
"TaskConfigs":{"type":"array","items":{"$ref":"#/components/schemas/Config"}},
"Offsets":{"type":"object","required":["offsets"],"additionalProperties":false,"properties":{"offsets":{"type":"array","items":{"type":"object","required":["partition","offset"],"additionalProperties":false,"properties":{"partition":{"type":"object"},"offset":{"type":"object","nullable":true}}}}}},
"Plugins":{"type":"array","items":{"type":"object","required":["class","type"],"properties":{"class":{"type":"string"},"type":{"type":"string"},"version":{"type":"string"}}}},
"ConfigKey":{"type":"object","required":["name","type","required","default_value","importance","documentation","group","width","display_name","dependents"],"properties":{"name":{"type":"string"},"type":{"type":"string"},"required":{"type":"boolean"},"default_value":{"type":"string","nullable":true},"importance":{"type":"string"},"documentation":{"type":"string"},"group":{"type":"string","nullable":true},"order_in_group":{"type":"integer"},"width":{"type":"string"},"display_name":{"type":"string"},"dependents":{"$ref":"#/components/schemas/Names"},"order":{"type":"integer"}}},
"ConfigKeys":{"type":"array","items":{"$ref":"#/components/schemas/ConfigKey"}},
"ConfigInfos":{"type":"object","required":["name","error_count","groups","configs"],"properties":{"name":{"type":"string"},"error_count":{"type":"integer"},"groups":{"$ref":"#/components/schemas/Names"},"configs":{"type":"array","items":{"type":"object","properties":{"definition":{"nullable":true,"allOf":[{"$ref":"#/components/schemas/ConfigKey"}]},"value":{"type":"object","nullable":true}}}}}},
"LoggerLevel":{"type":"object","required":["level"],"properties":{"level":{"type":"string"},"last_modified":{"type":"integer","nullable":true}}},
"Loggers":{"type":"object","additionalProperties":{"$ref":"#/components/schemas/LoggerLevel"}},
"LevelInput":{"type":"object","required":["level"],"properties":{"level":{"type":"string","enum":["OFF","FATAL","ERROR","WARN","INFO","DEBUG","TRACE","ALL"]}}}
})";

/// The values that parameters of these names may have.
constexpr std::string_view schema_of_parameter(std::string_view name) noexcept {
    if (name == "task") return R"({"type":"integer","format":"int32","minimum":0})";
    if (name == "expand") return R"({"type":"array","items":{"type":"string","enum":["status","info"]}})";
    if (name == "scope") return R"({"type":"string","enum":["worker","cluster"]})";
    if (name == "version") return R"({"type":"string","minLength":1})";
    if (name == "connector" || name == "plugin" || name == "logger") {
        return R"({"type":"string","minLength":1,"pattern":"^[A-Za-z0-9_.:@ -]*[A-Za-z0-9_:@-]$"})";
    }
    return R"({"type":"boolean"})";
}

std::string reference(std::string_view schema) {
    return R"({"$ref":"#/components/schemas/)" + std::string(schema) + R"("})";
}

std::string content(std::string_view schema) {
    if (schema == "text/plain") return R"("content":{"text/plain":{"schema":{"type":"string"}}})";
    return R"("content":{"application/json":{"schema":)" + reference(schema) + "}}";
}

std::string parameters_of(const RouteDoc& doc) {
    std::string list;
    const auto add = [&](std::string_view name, std::string_view in) {
        if (!list.empty()) list += ",";
        list += R"({"name":")" + std::string(name) + R"(","in":")" + std::string(in) + R"(","required":)" +
                (in == "path" ? "true" : "false") + R"(,"schema":)" + std::string(schema_of_parameter(name)) + "}";
    };
    for (auto at = doc.path.find('{'); at != std::string_view::npos; at = doc.path.find('{', at + 1)) {
        add(doc.path.substr(at + 1, doc.path.find('}', at) - at - 1), "path");
    }
    std::istringstream names{std::string(doc.query)};
    for (std::string name; names >> name;) add(name, "query");
    return list;
}

/// Errors have one shape, whatever their status; a path that cannot be read is answered in HTML.
std::string responses_of(const RouteDoc& doc) {
    std::string responses;
    for (const auto& answer : doc.answers) {
        responses += "\"" + std::to_string(answer.status) + R"(":{"description":")" +
                     std::string(reason_phrase(answer.status)) + "\"";
        if (!answer.schema.empty()) responses += "," + content(answer.schema);
        responses += "},";
    }
    return responses + R"("default":{"description":"Refused, or failed",)" + content("Error") + "}";
}

std::string operation_of(const RouteDoc& doc) {
    std::string summary;
    json::Writer(summary).string(doc.summary);
    std::string text = R"({"summary":)" + summary + R"(,"parameters":[)" + parameters_of(doc) + "]";
    if (!doc.request_schema.empty()) {
        text += R"(,"requestBody":{"required":true,)" + content(doc.request_schema) + "}";
    }
    return text + R"(,"responses":{)" + responses_of(doc) + "}}";
}

asio::awaitable<Response> openapi(Call call) {
    const auto routes = main_routes(!call.services.config.admin_listeners);
    co_return json_response(200, openapi_document(routes, call.services.commit));
}

constexpr std::array routes{Route{"GET", "/openapi.json", Body::Any, Place::Local, openapi}};

}

std::span<const Route> openapi_routes() noexcept { return routes; }

std::string openapi_document(std::span<const Route> all, std::string_view version) {
    std::map<std::string_view, std::string> paths;
    for (const auto& route : all) {
        std::string method(route.method);
        for (auto& c : method) c = static_cast<char>(c - 'A' + 'a');
        auto& operations = paths[route.path];
        operations += (operations.empty() ? "\"" : ",\"") + method + "\":" + operation_of(doc_of(route));
    }
    std::string text = R"({"openapi":"3.0.3","info":{"title":"Kafka Connect REST API of Millrace","version":)";
    json::Writer(text).string(version);
    text += R"(},"paths":{)";
    bool first = true;
    for (const auto& [path, operations] : paths) {
        text += (first ? "\"" : ",\"") + std::string(path) + "\":{" + operations + "}";
        first = false;
    }
    return text + R"(},"components":{"schemas":)" + std::string(schemas) + "}}";
}

}
