#include "connectors/postgres/source/driver_properties.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

ConnectionSettings connection_of(const Settings& more, std::vector<std::string>* warnings = nullptr) {
    Settings settings = {{"database.hostname", "db"},
                         {"database.user", "u"},
                         {"database.password", "secret"},
                         {"database.dbname", "d"},
                         {"database.include.list", "d"}};
    for (const auto& [key, value] : more) settings[key] = value;
    return connection_settings(settings, [&](const std::string& line) {
        if (warnings != nullptr) warnings->push_back(line);
    });
}

std::string keyword(std::string_view name, const ConnectionSettings& connection) {
    for (const auto& [key, value] : connection.keywords) {
        if (key == name) return value;
    }
    return "";
}

}

TEST_CASE("connection settings reach libpq, driver.* before database.*", "[postgres][config]") {
    const auto connection = connection_of({{"database.sslmode", "verify-full"},
                                           {"database.sslrootcert", "/ca.pem"},
                                           {"driver.user", "other"},
                                           {"driver.connectTimeout", "5"},
                                           {"driver.channelBinding", "require"},
                                           {"database.initial.statements", "set a=1; set b=';;'"}});
    CHECK(keyword("host", connection) == "db");
    CHECK(keyword("user", connection) == "other");
    CHECK(keyword("sslmode", connection) == "verify-full");
    CHECK(keyword("sslrootcert", connection) == "/ca.pem");
    CHECK(keyword("channel_binding", connection) == "require");
    CHECK(connection.connect_timeout == std::chrono::seconds(5));
    CHECK(connection.initial_statements == std::vector<std::string>{"set a=1", "set b=';'"});
}

TEST_CASE("ssl=true of the JDBC driver counts where there is no sslmode", "[postgres][config]") {
    CHECK(keyword("sslmode", connection_of({{"driver.ssl", "true"}})) == "verify-full");
    CHECK(keyword("sslmode", connection_of({{"driver.ssl", ""}})) == "verify-full");
    CHECK(keyword("sslmode", connection_of({{"driver.ssl", "false"}})).empty());
    CHECK(keyword("sslmode", connection_of({{"driver.ssl", "true"}, {"database.sslmode", "require"}})) == "require");
}

TEST_CASE("a property of the JDBC driver that has no effect is told of once, without its value", "[postgres][config]") {
    const auto [key, way_out] = GENERATE(table<std::string, std::string>({
        {"driver.socketTimeout", "database.query.timeout.ms"},
        {"database.socketTimeout", "database.tcpKeepAlive"},
        {"driver.ApplicationName", "Debezium General"},
        {"driver.readOnly", "default_transaction_read_only"},
        {"driver.socketFactory", "proxy"},
        {"driver.prepareThreshold", "remove it"},
        {"driver.no.such.property", "remove it"},
    }));
    std::vector<std::string> warnings;
    connection_of({{key, "hush"}}, &warnings);
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], Catch::StartsWith(key + " has no effect: ") && Catch::Contains(way_out));
    CHECK_THAT(warnings[0], !Catch::Contains("hush"));
}

TEST_CASE("properties of the JDBC driver that have an effect are not told of", "[postgres][config]") {
    const auto key = GENERATE(as<std::string>{}, "driver.connectTimeout", "driver.loginTimeout", "driver.options",
                              "driver.currentSchema", "driver.targetServerType", "driver.tcpKeepAlive", "driver.ssl",
                              "driver.sslmode", "driver.channelBinding", "driver.query.timeout.ms",
                              "driver.initial.statements", "driver.password");
    std::vector<std::string> warnings;
    connection_of({{key, "1"}}, &warnings);
    INFO(key);
    CHECK(warnings.empty());
}
