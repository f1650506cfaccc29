#include "connectors/support/log.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/regex.hpp"
#include "tests/pch.hpp"

#include <sstream>

namespace millrace {

namespace {

struct Fixture {
    std::ostringstream out;
    std::shared_ptr<LogControl> control;
    explicit Fixture(LogFormat format = LogFormat::Text)
        : control(
              std::make_shared<LogControl>(LogOptions{.format = format, .root_level = LogLevel::Info, .out = &out})) {}
    Logger logger(std::string name, std::string context = {}) const { return {control, std::move(name), context}; }
};
constexpr std::chrono::system_clock::time_point noon{std::chrono::milliseconds{1795227155525}};

}

TEST_CASE("a line has time, level, context, message and logger", "[log]") {
    Fixture f;
    f.logger("org.x", "[orders|task-0] ").info("Took {} ms", 5);
    f.logger("org.x").error("broken");
    CHECK(Regex(R"(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] INFO \[orders\|task-0\] Took 5 ms \(org\.x\)\n)"
                R"(\[[^\]]+\] ERROR broken \(org\.x\)\n)")
              .matches(f.out.str()));
}

TEST_CASE("an event is one line whatever it says", "[log]") {
    Fixture f;
    f.logger("l").info("{}", std::string("a\nb\r\tc\0d", 8));
    CHECK_THAT(f.out.str(), Catch::EndsWith("INFO a\\nb\\r\tc\\x00d (l)\n"));
}

TEST_CASE("log.format=json writes an object a line", "[log]") {
    const auto [context, expected] = GENERATE(table<std::string, std::string>({
        {"", R"({"level":"WARN","logger":"l","message":"a\n\"b\""})"},
        {"[orders|task-0] ",
         R"({"level":"WARN","connector":"orders","context":"task-0","logger":"l","message":"a\n\"b\""})"},
        {"[Worker] ", R"({"level":"WARN","context":"Worker","logger":"l","message":"a\n\"b\""})"},
    }));
    Fixture f(LogFormat::Json);
    f.logger("l", context).warn("a\n\"b\"");
    const auto line = f.out.str();
    const json::Document document(line);
    REQUIRE(document.root().find("timestamp") != nullptr);
    CHECK(Regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d)")
              .matches(document.root().find("timestamp")->text()));
    CHECK(Regex(R"(\{"timestamp":"[^"]*",)").replace_first(line, "{") == expected + "\n");
}

TEST_CASE("a logger has the level of its nearest ancestor", "[log]") {
    Fixture f;
    f.control->set_level("org.apache", LogLevel::Debug, noon);
    f.control->set_level("org.apache.kafka.clients", LogLevel::Error, noon);
    const auto [name, level, expected] = GENERATE(table<std::string, LogLevel, bool>({
        {"io.debezium", LogLevel::Info, true},
        {"io.debezium", LogLevel::Debug, false},
        {"org.apache", LogLevel::Debug, true},
        {"org.apache", LogLevel::Trace, false},
        {"org.apache.kafka.connect", LogLevel::Debug, true},
        {"org.apachey", LogLevel::Debug, false},
        {"org.apache.kafka.clients.producer", LogLevel::Warn, false},
        {"org.apache.kafka.clients.producer", LogLevel::Error, true},
    }));
    CHECK(f.logger(name).enabled(level) == expected);
    CHECK(f.logger(name).enabled(level) == expected);  // the second answer comes from the table
}

TEST_CASE("setting a level reaches the loggers below and says which", "[log]") {
    Fixture f;
    for (const auto* name : {"a.b.c", "a.b", "a.bc", "x"}) CHECK(f.logger(name).enabled(LogLevel::Info));
    CHECK(f.control->set_level("a.b", LogLevel::Debug, noon) == std::vector<std::string>{"a.b", "a.b.c"});
    CHECK(f.logger("a.b.c").enabled(LogLevel::Debug));
    CHECK_FALSE(f.logger("a.bc").enabled(LogLevel::Debug));
    CHECK(f.control->level("a.b.c")->last_modified == 1795227155525);
    CHECK(f.control->level("x")->last_modified == std::nullopt);
    CHECK(f.control->level("nope") == std::nullopt);

    CHECK(f.control->set_level("a.b.c", LogLevel::Debug, noon + std::chrono::hours(1)).empty());
    CHECK(f.control->level("a.b.c")->last_modified == 1795227155525);

    CHECK(f.control->set_level("x", LogLevel::Error, noon) == std::vector<std::string>{"x"});
    CHECK(f.control->set_level("ROOT", LogLevel::Error, noon) ==
          std::vector<std::string>{"a.b", "a.b.c", "a.bc", "root"});
    CHECK_FALSE(f.logger("y").enabled(LogLevel::Warn));
    CHECK_FALSE(f.logger("a.b").enabled(LogLevel::Warn));
    CHECK(f.control->level("Root")->level == LogLevel::Error);

    std::vector<std::string> names;
    for (const auto& [name, unused] : f.control->levels()) names.push_back(name);
    CHECK(names == std::vector<std::string>{"a.b", "a.b.c", "a.bc", "root", "x"});
}

TEST_CASE("a new logger that is set to what it inherits is not changed", "[log]") {
    Fixture f;
    CHECK(f.control->set_level("new.below", LogLevel::Warn, noon) == std::vector<std::string>{"new.below"});
    CHECK(f.control->set_level("new", LogLevel::Info, noon) == std::vector<std::string>{"new.below"});
    CHECK(f.control->level("new")->level == LogLevel::Info);
    CHECK(f.control->level("new")->last_modified == std::nullopt);
    CHECK(f.control->set_level("new.other", LogLevel::Info, noon).empty());
    CHECK(f.control->set_level("root", LogLevel::Warn, noon) ==
          std::vector<std::string>{"new", "new.below", "new.other", "root"});
}

TEST_CASE("level names are read in any case", "[log]") {
    const auto [name, expected] = GENERATE(table<std::string, std::optional<LogLevel>>({
        {"info", LogLevel::Info},
        {"WARN", LogLevel::Warn},
        {"Trace", LogLevel::Trace},
        {"all", LogLevel::All},
        {"FATAL", LogLevel::Fatal},
        {"off", LogLevel::Off},
        {"warning", std::nullopt},
        {"", std::nullopt},
    }));
    CHECK(parse_log_level(name) == expected);
}

TEST_CASE("secrets are not shown", "[log]") {
    constexpr ConfigKey keys[] = {
        {.name = "database.password", .type = ConfigType::Password},
        {.name = "ssl.keystore.key", .type = ConfigType::Password},
        {.name = "token.count", .type = ConfigType::Int},
    };
    const auto [key, shown] = GENERATE(table<std::string, std::string>({
        {"database.password", "[hidden]"},
        {"ssl.keystore.key", "[hidden]"},
        {"token.count", "v"},
        {"producer.ssl.key.Password", "[hidden]"},
        {"sasl.jaas.config", "[hidden]"},
        {"topic", "v"},
    }));
    CHECK(shown_value(keys, key, "v") == shown);
    CHECK(describe_settings(keys, {{"b", "2"}, {"a", "1"}, {"database.password", "x"}}) ==
          "a = 1, b = 2, database.password = [hidden]");
}

}
