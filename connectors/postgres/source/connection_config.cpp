#include "connectors/postgres/source/config.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace millrace::postgres {
namespace {

struct Keyword {
    std::string_view jdbc;  ///< as Debezium hands it to its driver, without the prefix
    const char* libpq;
};
constexpr std::array keywords = {
    Keyword{"hostname", "host"},           Keyword{"port", "port"},     Keyword{"user", "user"},
    Keyword{"password", "password"},       Keyword{"dbname", "dbname"}, Keyword{"sslmode", "sslmode"},
    Keyword{"sslcert", "sslcert"},         Keyword{"sslkey", "sslkey"}, Keyword{"sslpassword", "sslpassword"},
    Keyword{"sslrootcert", "sslrootcert"},
};
constexpr std::array server_types = {
    std::pair{"primary", "primary"},
    std::pair{"master", "primary"},
    std::pair{"secondary", "standby"},
    std::pair{"slave", "standby"},
    std::pair{"preferSecondary", "prefer-standby"},
    std::pair{"preferSlave", "prefer-standby"},
};

/// database.* without its prefix, then driver.*, which wins.
Settings driver_properties(const Settings& settings) {
    Settings properties;
    for (const std::string_view prefix : {"database.", "driver."}) {
        for (const auto& [key, value] : settings) {
            if (key.starts_with(prefix)) properties[key.substr(prefix.size())] = value;
        }
    }
    return properties;
}

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

std::optional<std::int64_t> number_of(const Settings& settings, std::string_view key) {
    const auto at = settings.find(key);
    if (at == settings.end()) return {};
    const auto text = trim(at->second);
    std::int64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return {};
    return value;
}

}

ConnectionSettings connection_settings(const Settings& settings, const Warn& warn) {
    const auto properties = driver_properties(settings);
    const auto find = [&](std::string_view key) -> std::optional<std::string> {
        const auto at = properties.find(key);
        if (at == properties.end() || at->second.empty()) return {};
        return at->second;
    };
    ConnectionSettings out;
    for (const auto& [jdbc, libpq] : keywords) {
        if (const auto value = find(jdbc)) {
            out.keywords.emplace_back(libpq, jdbc == "password" || jdbc == "sslpassword" ? *value : trim(*value));
        }
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
        const auto seconds = number_of(properties, key);
        if (seconds && *seconds > 0) out.connect_timeout = std::chrono::seconds(*seconds);
    }
    if (const auto ms = number_of(properties, "query.timeout.ms")) out.query_timeout = std::chrono::milliseconds(*ms);
    out.initial_statements = split_statements(find("initial.statements").value_or(""));
    return out;
}

}
