#include "rest/resources/json_shapes.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::rest;

TEST_CASE("a status shows version null and leaves an empty trace out", "[rest][json]") {
    const cluster::ConnectorStateInfo status{
        .name = "src",
        .connector = {.state = worker::State::Running, .worker_id = "10.0.0.1:8083", .version = "4.3.1"},
        .tasks = {{0, {.state = worker::State::Failed, .worker_id = "10.0.0.2:8083", .trace = "boom\n\tat x"}}},
        .type = "source"};
    CHECK(to_json(status) ==
          R"({"name":"src","connector":{"state":"RUNNING","worker_id":"10.0.0.1:8083","version":"4.3.1"},)"
          R"("tasks":[{"id":0,"state":"FAILED","worker_id":"10.0.0.2:8083","version":null,"trace":"boom\n\tat x"}],)"
          R"("type":"source"})");
}

TEST_CASE("a connector's info echoes the nulls that were sent", "[rest][json]") {
    const cluster::ConnectorInfo info{.name = "src", .config = {{"a", "1"}}, .tasks = {{"src", 0}}, .type = "source"};
    const worker::SubmittedConfig submitted{.settings = {{"a", "1"}}, .nulls = {"b"}};
    std::string text;
    json::Writer out(text);
    write(out, info, &submitted);
    CHECK(text ==
          R"({"name":"src","config":{"a":"1","b":null},"tasks":[{"connector":"src","task":0}],"type":"source"})");
}

TEST_CASE("validation shows definition and value, null where there is none", "[rest][json]") {
    worker::ConfigInfos infos{.name = "C", .error_count = 1, .groups = {"Common"}};
    infos.configs.push_back({.definition = worker::ConfigDefinition{.name = "tasks.max",
                                                                    .type = ConfigType::Int,
                                                                    .default_value = "1",
                                                                    .importance = Importance::High,
                                                                    .documentation = "Doc.",
                                                                    .group = "Common",
                                                                    .order_in_group = 4,
                                                                    .width = Width::Short,
                                                                    .display_name = "Tasks max"},
                             .value = {.name = "tasks.max", .value = "0", .errors = {"bad"}}});
    infos.configs.push_back({.value = {.name = "x", .value = std::nullopt, .visible = false}});
    CHECK(
        to_json(infos) ==
        R"({"name":"C","error_count":1,"groups":["Common"],"configs":[{"definition":{"name":"tasks.max","type":"INT",)"
        R"("required":false,"default_value":"1","importance":"HIGH","documentation":"Doc.","group":"Common",)"
        R"("order_in_group":4,"width":"SHORT","display_name":"Tasks max","dependents":[]},"value":{"name":"tasks.max",)"
        R"("value":"0","recommended_values":[],"errors":["bad"],"visible":true}},{"definition":null,"value":)"
        R"({"name":"x","value":null,"recommended_values":[],"errors":[],"visible":false}}]})");
}
