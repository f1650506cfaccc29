#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/driver_properties.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <array>

namespace millrace::postgres {
namespace {

struct Keyword {
    std::string_view jdbc;  ///< as Debezium hands it to its driver, without the prefix
    const char* libpq;
};
constexpr std::array keywords = {
    Keyword{"hostname", "host"},
    Keyword{"port", "port"},
    Keyword{"user", "user"},
    Keyword{"password", "password"},
    Keyword{"dbname", "dbname"},
    Keyword{"sslmode", "sslmode"},
    Keyword{"sslcert", "sslcert"},
    Keyword{"sslkey", "sslkey"},
    Keyword{"sslpassword", "sslpassword"},
    Keyword{"sslrootcert", "sslrootcert"},
    Keyword{"channelBinding", "channel_binding"},
};
constexpr std::array server_types = {
    std::pair{"primary", "primary"},
    std::pair{"master", "primary"},
    std::pair{"secondary", "standby"},
    std::pair{"slave", "standby"},
    std::pair{"preferSecondary", "prefer-standby"},
    std::pair{"preferSlave", "prefer-standby"},
};

std::vector<std::string> split_statements(std::string_view text) {
    std::vector<std::string> statements;
    std::string statement;
    const auto finish = [&] {
        if (const auto plain = trim(statement); !plain.empty()) statements.emplace_back(plain);
        statement.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != ';') {
            statement += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == ';') {
            statement += ';';
            ++i;
        } else {
            finish();
        }
    }
    finish();
    return statements;
}

}

ConnectionSettings connection_settings(const Settings& settings, const Warn& warn) {
    DriverProperties properties(settings);
    const auto find = [&](std::string_view name) { return properties.find(name); };
    ConnectionSettings out;
    for (const auto& [jdbc, libpq] : keywords) {
        if (const auto value = find(jdbc)) {
            out.keywords.emplace_back(libpq, jdbc == "password" || jdbc == "sslpassword" ? *value : trim(*value));
        }
    }
    const auto ssl = find("ssl");
    if (!find("sslmode") && (ssl ? lower_case(*ssl) == "true" : properties.has("ssl"))) {
        out.keywords.emplace_back("sslmode", "verify-full");  // as the JDBC driver has it
    }
    if (!find("port")) out.keywords.emplace_back("port", "5432");
    out.host = find("hostname").value_or("localhost");
    out.port = find("port").value_or("5432");
    out.database = find("dbname").value_or("");
    out.keywords.emplace_back("gssencmode", "disable");
    out.keywords.emplace_back("keepalives",
                              lower_case(trim(find("tcpKeepAlive").value_or("true"))) == "false" ? "0" : "1");
    // A network that swallows packets is noticed within a minute or so.
    out.keywords.emplace_back("keepalives_idle", "30");
    out.keywords.emplace_back("keepalives_interval", "10");
    out.keywords.emplace_back("keepalives_count", "3");
    std::string options = find("options").value_or("");
    if (const auto schema = find("currentSchema")) options += fmt::format(" -c search_path={}", *schema);
    if (!options.empty()) out.keywords.emplace_back("options", options);
    if (const auto wanted = find("targetServerType")) {
        for (const auto& [jdbc, libpq] : server_types) {
            if (*wanted == jdbc) out.keywords.emplace_back("target_session_attrs", libpq);
        }
    }
    if (const auto factory = find("sslfactory")) {
        if (*factory == "org.postgresql.ssl.NonValidatingFactory") {
            std::erase_if(out.keywords, [](const auto& k) { return k.first == "sslmode"; });
            out.keywords.emplace_back("sslmode", "require");
        } else {
            warn(
                fmt::format("database.sslfactory={} is a Java class and is ignored; use database.sslmode and the "
                            "certificate settings",
                            *factory));
        }
    }
    for (const auto* key : {"connectTimeout", "loginTimeout"}) {
        const auto seconds = properties.number(key);
        if (seconds && *seconds > 0) out.connect_timeout = std::chrono::seconds(*seconds);
    }
    if (const auto ms = properties.number("query.timeout.ms")) out.query_timeout = std::chrono::milliseconds(*ms);
    out.initial_statements = split_statements(find("initial.statements").value_or(""));
    properties.warn_of_others(warn);
    return out;
}

}
