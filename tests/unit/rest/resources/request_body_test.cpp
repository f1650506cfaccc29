#include "rest/resources/request_body.hpp"

#include "connectors/support/json.hpp"
#include "rest/http/error_response.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::rest;

TEST_CASE("settings keep the text of numbers and booleans, nulls apart, the last of a name", "[rest][json]") {
    const auto config = parse_config(R"({"a":1,"b":1e3,"c":1.50,"d":true,"e":null,"f":"x","f":"y","g":"z","g":null})");
    CHECK(config.settings == Settings{{"a", "1"}, {"b", "1e3"}, {"c", "1.50"}, {"d", "true"}, {"f", "y"}});
    CHECK(config.nulls == std::set<std::string, std::less<>>{"e", "g"});
}

TEST_CASE("numbers that no double holds keep their text too", "[rest][json]") {
    const std::string digits(400, '7');
    const auto config =
        parse_config(R"({"a":1e400,"b":-1.5E+999,"c":)" + digits + R"(,"d":"1e400\"","e":2e-400,"f":1})");
    CHECK(config.settings ==
          Settings{{"a", "1e400"}, {"b", "-1.5E+999"}, {"c", digits}, {"d", "1e400\""}, {"e", "2e-400"}, {"f", "1"}});
    for (const auto* body : {R"({"a":01e400})", R"({"a":1.e400})", R"({"a":1e400x})", R"({"a":1e400 1})"})
        CHECK_THROWS_AS(parse_config(body), RestException);
    CHECK(parse_create_request(R"({"name":1e400,"config":{}})").name == "1e400");
}

TEST_CASE("what is no flat object of settings is a 500", "[rest][json]") {
    const auto body = GENERATE("", "   ", "{", "{} trailing", "[1]", "\"s\"", "null", "hello", R"({"a":{"b":1}})",
                               R"({"a":[]})", "/* c */ {}");
    CAPTURE(body);
    try {
        parse_config(body);
        FAIL("accepted");
    } catch (const RestException& e) {
        CHECK(e.status == 500);
        CHECK(std::string(e.what()).size() > 10);
    }
}

TEST_CASE("a request to create trims the name and reads the state in any case", "[rest][json]") {
    const auto request = parse_create_request(R"({"name":" a ","config":{"k":"v"},"initial_state":"paused"})");
    CHECK(request.name == "a");
    CHECK(request.config.settings == Settings{{"k", "v"}});
    CHECK(request.initial_state == worker::TargetState::Paused);
    CHECK(parse_create_request(R"({"config":{},"name":null,"initial_state":null})").name.empty());
    CHECK(parse_create_request(R"({"name":"x","name":"y","config":{}})").name == "y");
    CHECK(parse_create_request(R"({"name":"x","config":{},"initial_state":"RUNNING"})").initial_state ==
          worker::TargetState::Started);
}

TEST_CASE("a connector's file is a request to create, whatever other members it has, or settings alone",
          "[rest][json]") {
    const auto request = parse_connector_file(R"({"name":"x","config":{"k":"v"},"extra":{"a":1},"more":[]})");
    CHECK(request.name == "x");
    CHECK(request.config.settings == Settings{{"k", "v"}});
    const auto flat = parse_connector_file("\xEF\xBB\xBF{\"name\":\"x\",\"config\":\"v\",\"huge\":1e400}");
    CHECK(flat.name.empty());
    CHECK(flat.config.settings == Settings{{"config", "v"}, {"huge", "1e400"}, {"name", "x"}});
    CHECK_THROWS_WITH(parse_connector_file("[1]"), Catch::Contains("an object of settings is needed"));
    CHECK_THROWS_AS(parse_connector_file(R"({"name":"x",})"), json::ParseException);
    CHECK_THROWS_AS(parse_connector_file("name=x"), json::ParseException);
}

TEST_CASE("a request to create with other members, states or without config is a 500", "[rest][json]") {
    const auto [body, part] = GENERATE(table<std::string, std::string>({
        {R"({"name":"x","config":{},"extra":1})", "extra"},
        {R"({"name":"x","config":{},"initial_state":"DANCING"})", "DANCING"},
        {R"({"name":"x"})", "config"},
        {R"({"name":"x","config":null})", "config"},
        {R"({"name":"x","config":[]})", "config"},
        {R"({"name":{},"config":{}})", "name"},
        {"[]", "array"},
    }));
    CAPTURE(body);
    CHECK_THROWS_WITH(parse_create_request(body), Catch::Contains(part));
    CHECK_THROWS_AS(parse_create_request(body), RestException);
}

TEST_CASE("task configurations are an array of flat objects", "[rest][json]") {
    CHECK(parse_task_configs("[]")->empty());
    CHECK(parse_task_configs(R"([{"a":"b"},{}] {)") == std::vector<Settings>{{{"a", "b"}}, {}});
    CHECK(parse_task_configs("null") == std::nullopt);
    CHECK(parse_task_configs("[{},null]") == std::nullopt);
    CHECK_THROWS_AS(parse_task_configs("{"), RestException);
    CHECK_THROWS_AS(parse_task_configs("{}"), RestException);
}

TEST_CASE("a byte order mark before the document does not matter", "[rest][json]") {
    CHECK(parse_config("\xEF\xBB\xBF{\"a\":1}").settings == Settings{{"a", "1"}});
}

TEST_CASE("nothing and null are known before they are refused", "[rest][json]") {
    CHECK(is_null_document(GENERATE("", " \n", "null", " null ", "\xEF\xBB\xBF")));
    CHECK_FALSE(is_null_document(GENERATE("{}", "[]", "nul", "\"\"")));
}

TEST_CASE("an offset that needs more than 64 bits keeps its digits", "[rest][json]") {
    const auto offsets = [](std::string_view position) {
        return parse_offsets(
            fmt::format(R"({{"offsets":[{{"partition":{{"f":"a"}},"offset":{{"position":{}}}}}]}})", position));
    };
    CHECK(offsets("9223372036854775807").size() == 1);
    CHECK(offsets("1e30").size() == 1);
    const auto beyond = offsets("9223372036854775808");
    CHECK(beyond.front().offset->find("position")->kind() == Value::Kind::Bytes);
    CHECK(beyond.front().offset->find("position")->as_text() == "9223372036854775808");
}

TEST_CASE("of members of one name the last counts, but none may follow the last that is known", "[rest][json]") {
    const auto offsets =
        parse_offsets(R"({"offsets":[{"partition":{"f":"a"},"partition":{"f":"c"},"offset":{"position":2}}]})");
    REQUIRE(offsets.size() == 1);
    CHECK(offsets.front().partition->find("f")->as_text() == "c");
    CHECK_THROWS_WITH(parse_offsets(R"({"offsets":[],"offsets":[]})"), "The member \"offsets\" comes twice");
    CHECK_THROWS_WITH(parse_offsets(R"({"offsets":[{"partition":{},"offset":{},"offset":null}]})"),
                      "The member \"offset\" comes twice");
    CHECK(parse_create_request(R"({"name":"a","name":"b","config":{}})").name == "b");
    CHECK_THROWS_WITH(parse_create_request(R"({"name":"a","config":{},"initial_state":"PAUSED","name":"b"})"),
                      "The member \"name\" comes twice");
}
