#include "connectors/postgres/source/config.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

#include <algorithm>

using namespace millrace;
using namespace millrace::postgres;

namespace {

const Settings least = {{"database.hostname", "db"}, {"database.user", "u"}, {"database.password", "secret"},
                        {"database.dbname", "d"},    {"topic.prefix", "p"},  {"plugin.name", "pgoutput"}};

Settings with(Settings more) {
    auto settings = least;
    for (auto& [key, value] : more) settings[key] = value;
    return settings;
}

std::vector<std::string> all_errors_of(std::string_view key, const Settings& settings) {
    const auto values = validate_config(settings);
    const auto at = std::ranges::find(values, key, &ConfigValue::name);
    REQUIRE(at != values.end());
    return at->errors;
}

std::string errors_of(std::string_view key, const Settings& settings) {
    const auto errors = all_errors_of(key, settings);
    return errors.empty() ? "" : errors[0];
}

SourceConfig parsed(const Settings& settings, std::vector<std::string>* warnings = nullptr) {
    return parse_config(settings, [&](const std::string& line) {
        if (warnings != nullptr) warnings->push_back(line);
    });
}

}

TEST_CASE("settings are checked with Debezium's messages", "[postgres][config]") {
    const auto [key, value, why] = GENERATE(table<std::string, std::string, std::string>({
        {"topic.prefix", "bad prefix!",
         "The 'topic.prefix' value is invalid: bad prefix! has invalid format (only the underscore, hyphen, dot and "
         "alphanumeric characters are allowed)"},
        {"database.port", "port", "The 'database.port' value is invalid: An integer is expected"},
        {"slot.name", "Bad-Slot",
         "The 'slot.name' value is invalid: Valid replication slot name must contain only digits, lowercase characters "
         "and underscores with length <= 63"},
        {"slot.name", "slot_1", ""},
        {"snapshot.mode", "sometimes",
         "The 'snapshot.mode' value is invalid: Value must be one of always, initial_only, configuration_based, "
         "when_needed, initial, custom, no_data"},
        {"snapshot.mode", "INITIAL", ""},
        {"skipped.operations", "x", "The 'skipped.operations' value is invalid: Invalid operation"},
        {"skipped.operations", "none", ""},
        {"max.batch.size", "0",
         "The 'max.batch.size' value is invalid: A positive, non-zero integer value is expected"},
        {"max.queue.size", "100", "The 'max.queue.size' value is invalid: Must be larger than the maximum batch size"},
        {"tombstones.on.delete", "maybe",
         "The 'tombstones.on.delete' value is invalid: Either 'true' or 'false' is expected"},
        {"message.key.columns", "public.t:a,b;public.u:c", ""},
        {"message.key.columns", "nonsense",
         "The 'message.key.columns' value is invalid: nonsense has an invalid format (expecting "
         "'^\\s*([^:]+):([^:,]+(,[^:,]+)*)\\s*$')"},
    }));
    INFO(key << "=" << value);
    CHECK(errors_of(key, with({{key, value}})) == why);
}

TEST_CASE("each problem of a value is told, as often as Debezium tells it", "[postgres][config]") {
    const auto [key, value, why] = GENERATE(table<std::string, std::string, std::vector<std::string>>({
        {"snapshot.fetch.size", "x", {"An integer is expected", "An non-negative integer is expected"}},
        {"poll.interval.ms", "0", {"A positive, non-zero integer value is expected"}},
        {"retriable.restart.connector.wait.ms", "0", {"A positive, non-zero long value is expected"}},
        {"xmin.fetch.interval.ms", "-1", {"A non-negative long value is expected"}},
        {"provide.transaction.metadata", "", {"Either 'true' or 'false' is expected"}},
        {"tombstones.on.delete", "x", {"Either 'true' or 'false' is expected", "Either 'true' or 'false' is expected"}},
        {"decimal.handling.mode", " ", {"Value must be one of string, double, precise"}},
        {"max.queue.size", "0", {"A positive queue size is required", "Must be larger than the maximum batch size"}},
        {"topic.naming.strategy", "a b", {"A Java class name is expected"}},
        {"skipped.operations", "", {"Invalid operation"}},
        {"topic.naming.strategy", "a..b", {"A Java class name is expected"}},
        {"topic.naming.strategy", "1.5", {"A Java class name is expected"}},
        {"topic.naming.strategy", "com.example.Mine", {}},
        {"topic.naming.strategy", "io.debezium.schema.DefaultRegexTopicNamingStrategy", {}},
        {"topic.prefix",
         " ",
         {"A value is required",
          "  has invalid format (only the underscore, hyphen, dot and alphanumeric characters are allowed)"}},
        {"slot.name",
         "",
         {"Valid replication slot name must contain only digits, lowercase characters and underscores with length <= "
          "63"}},
        {"slot.name",
         " a ",
         {"Valid replication slot name must contain only digits, lowercase characters and underscores with length <= "
          "63"}},
        {"max.queue.size", " 5 ", {"An integer is expected"}},
        {"custom.metric.tags", "k=v,", {}},
        {"tombstones.on.delete", " true ", {}},
        {"slot.retry.delay.ms", "x", {"A long value is expected", "An integer is expected"}},
        {"slot.retry.delay.ms", "99999999999", {"An integer is expected"}},
        {"lsn.flush.timeout.ms", "99999999999", {"A positive, non-zero integer value is expected"}},
        {"column.mask.with.(d+).chars", "", {"An integer is expected"}},
        {"column.truncate.to.(d+).chars", "x", {"An integer is expected", "An integer is expected"}},
        {"signal.data.collection",
         "a.b,c.d",
         {"For single task connector only one signal data collection is permitted."}},
        {"custom.metric.tags",
         "a,b=c",
         {"A equivalent-separated map of valid key/value pairs is expected, for example: k1=v1,k2=v2"}},
        {"column.exclude.list",
         "a,*",
         {"A comma-separated list of valid regular expressions is expected, but Dangling meta character '*' near index "
          "0\n*\n^"}},
        {"message.key.columns",
         "public.t:a; ",
         {R"(  has an invalid format (expecting '^\s*([^:]+):([^:,]+(,[^:,]+)*)\s*$'))"}},
        {"replica.identity.autoset.values",
         "public.t:BOGUS",
         {R"(public.t:BOGUS has an invalid format (expecting '(?i)^\s*(?<tablepredicate>[^\s:]+):(?<replicaidentity>)"
          R"(DEFAULT|(INDEX) (?<indexname>.\w*)|FULL|NOTHING)\s*$'))"}},
    }));
    INFO(key << "=" << value);
    std::vector<std::string> expected;
    for (const auto& problem : why) expected.push_back(fmt::format("The '{}' value is invalid: {}", key, problem));
    CHECK(all_errors_of(key, with({{key, value}})) == expected);
}

TEST_CASE("the queue must be larger than a batch, be it by its default", "[postgres][config]") {
    CHECK(errors_of("max.queue.size", with({{"max.batch.size", "9000"}})) ==
          "The 'max.queue.size' value is invalid: Must be larger than the maximum batch size");
}

TEST_CASE("of rules for one column the first in a HashMap of the settings counts", "[postgres][config]") {
    const auto length = [](const std::string& one, const std::string& other) {
        const auto config = parsed(with({{"column.truncate.to." + one + ".chars", "public.t.c"},
                                         {"column.truncate.to." + other + ".chars", "public.t.c"}}));
        return config.column_rules.front().mapping.length;
    };
    CHECK(length("2", "20") == 20);
    CHECK(length("3", "5") == 5);
    CHECK(length("1", "3") == 1);
    CHECK(parsed(with({{"column.mask.hash.MD5.with.salt.", "public.t.c"}})).column_rules.empty());  // no salt, no rule
}

TEST_CASE("what is missing and what excludes each other is said", "[postgres][config]") {
    CHECK(errors_of("topic.prefix", {}) == "The 'topic.prefix' value is invalid: A value is required");
    CHECK(errors_of("table.exclude.list", with({{"table.include.list", "a.b"}, {"table.exclude.list", "c.d"}})) ==
          "The 'table.exclude.list' value is invalid: \"table.include.list\" is already specified");
    CHECK_THROWS_AS(parsed({}), ConfigException);
}

TEST_CASE("custom.metric.tags become labels that metrics can have", "[postgres][config]") {
    std::vector<std::string> warnings;
    const auto config =
        parsed(with({{"custom.metric.tags", "team=north,cost-center=7,1st=x,task=9,team=south"}}), &warnings);
    using Tags = std::vector<std::pair<std::string, std::string>>;
    CHECK(config.metric_tags == Tags{{"team", "north"}, {"cost_center", "7"}, {"_1st", "x"}});
    REQUIRE(warnings.size() == 2);
    CHECK_THAT(warnings[0], Catch::Contains("'task'"));
    CHECK_THAT(warnings[1], Catch::Contains("'team'"));
}

TEST_CASE("custom snapshot modes are Java classes", "[postgres][config]") {
    const std::string mode = GENERATE("snapshot.mode", "snapshot.query.mode", "snapshot.locking.mode");
    const auto name = mode + ".custom.name";
    CHECK(errors_of(name, with({{name, "mine"}})).empty());
    CHECK(errors_of(name, with({{mode, "custom"}})) ==
          fmt::format("The '{0}' value is invalid: {0} cannot be empty when {1} 'custom' is defined", name, mode));
    CHECK(errors_of(name, with({{mode, "custom"}, {name, "mine"}})) ==
          fmt::format("The '{}' value is invalid: mine is a Java class and cannot be loaded here; set {} to another "
                      "value than 'custom'",
                      name, mode));
}

TEST_CASE("old names are taken for today's, with one warning each", "[postgres][config]") {
    std::vector<std::string> warnings;
    auto settings = with({{"database.server.name", "old"},
                          {"table.whitelist", "public.t"},
                          {"database.ssl.mode", "require"},
                          {"snapshot.mode", "never"}});
    settings.erase("topic.prefix");
    const auto config = parsed(settings, &warnings);
    CHECK(config.topics.prefix == "old");
    CHECK(config.filters.captures({"public", "t"}));
    CHECK_FALSE(config.filters.captures({"public", "u"}));
    CHECK(config.snapshot.mode == SnapshotMode::NoData);
    CHECK(warnings.size() == 4);
}

TEST_CASE("where old and new name stand the new one wins", "[postgres][config]") {
    std::vector<std::string> warnings;
    const auto config = parsed(with({{"database.server.name", "old"}}), &warnings);
    CHECK(config.topics.prefix == "p");
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("database.server.name") != std::string::npos);
}

TEST_CASE("warnings never show a password", "[postgres][config]") {
    std::vector<std::string> warnings;
    parsed(with({{"database.ssl.password", "hush"}}), &warnings);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("hush") == std::string::npos);
}

TEST_CASE("the server's WAL cannot be looked at without a pause", "[postgres][config]") {
    CHECK_FALSE(
        errors_of("millrace.retained.wal.check.interval.ms", with({{"millrace.retained.wal.check.interval.ms", "0"}}))
            .empty());
}

TEST_CASE("skipped operations also shape the publication, but only when they are set", "[postgres][config]") {
    CHECK_FALSE(parsed(least).replication.publish);
    CHECK(parsed(least).skipped_operations == "t");
    CHECK(parsed(with({{"skipped.operations", "u,t"}})).replication.publish == "insert,delete");
    CHECK(parsed(with({{"skipped.operations", "c,u,d,t"}})).replication.publish == "");
    CHECK(parsed(with({{"skipped.operations", "none"}})).skipped_operations.empty());
}

TEST_CASE("a setting that has no effect here is told of, unless it says what is so anyhow", "[postgres][config]") {
    const auto [key, value, usual] = GENERATE(table<std::string, std::string, std::string>({
        {"poll.interval.ms", "77", "500"},
        {"poll.dispatch.interval.ms", "77", "0"},
        {"snapshot.fetch.size", "2000", ""},
        {"query.fetch.size", "2000", "0"},
        {"snapshot.max.threads.multiplier", "4", "1"},
        {"schema.refresh.mode", "columns_diff_exclude_unchanged_toast", "columns_diff"},
        {"executor.shutdown.timeout.ms", "77", "4000"},
        {"openlineage.integration.enabled", "true", "false"},
        {"include.schema.comments", "true", "false"},
        {"memory.management.tables.class", "org.example.Tables",
         "io.debezium.relational.ConcurrentMapTableMappingStorage"},
        {"queue.provider.type", "redis", "memory"},
    }));
    INFO(key);
    std::vector<std::string> warnings;
    parsed(with({{key, value}}), &warnings);
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], Catch::StartsWith(key + "=" + value + " has no effect: "));
    warnings.clear();
    parsed(usual.empty() ? least : with({{key, usual}}), &warnings);
    CHECK(warnings.empty());
}

TEST_CASE("a Java class that would shape the records is refused", "[postgres][config]") {
    const auto key = GENERATE(as<std::string>{}, "converters", "post.processors", "sourceinfo.struct.maker",
                              "transaction.metadata.factory");
    CHECK_THAT(errors_of(key, with({{key, "org.example.Mine"}})), Catch::Contains("cannot be loaded here"));
    CHECK(
        errors_of("sourceinfo.struct.maker",
                  with({{"sourceinfo.struct.maker", "io.debezium.connector.postgresql.PostgresSourceInfoStructMaker"}}))
            .empty());
}

TEST_CASE("post processors that read columns again are known", "[postgres][config]") {
    const auto settings = with({{"post.processors", "one, two"},
                                {"one.type", "io.debezium.processors.reselect.ReselectColumnsPostProcessor"},
                                {"one.reselect.columns.include.list", "public.t:(a|b)"},
                                {"one.reselect.null.values", "false"},
                                {"two.type", "io.debezium.processors.reselect.ReselectColumnsPostProcessor"},
                                {"two.reselect.use.event.key", "true"},
                                {"two.reselect.error.handling.mode", "fail"}});
    CHECK(errors_of("post.processors", settings).empty());
    const auto processors = parsed(settings).reselects;
    REQUIRE(processors.size() == 2);
    CHECK(processors[0].include.matches("PUBLIC.t:a"));
    CHECK_FALSE(processors[0].include.matches("public.t:c"));
    CHECK(processors[0].unavailable_values);
    CHECK_FALSE(processors[0].null_values);
    CHECK_FALSE(processors[0].by_event_key);
    CHECK_FALSE(processors[0].fails);
    CHECK(processors[1].null_values);
    CHECK(processors[1].by_event_key);
    CHECK(processors[1].fails);
}

TEST_CASE("what shapes rows changes their fingerprint, and nothing else does", "[postgres][config]") {
    const auto usual = parsed(least).row_settings;
    const auto key = GENERATE(as<std::string>{}, "database.password", "database.hostname", "max.batch.size",
                              "snapshot.max.threads", "heartbeat.interval.ms", "producer.override.linger.ms");
    CHECK(parsed(with({{key, "900"}})).row_settings == usual);
    const auto shaping = GENERATE(as<std::string>{}, "table.include.list", "column.exclude.list", "transforms",
                                  "snapshot.select.statement.overrides", "value.converter.schemas.enable");
    CHECK(parsed(with({{shaping, "x"}})).row_settings != usual);
}

TEST_CASE("what a status update that PostgreSQL does not take leads to is a setting", "[postgres][config]") {
    CHECK(parsed(least).replication.flush_timeout == std::chrono::seconds(30));
    const auto config = parsed(with({{"lsn.flush.timeout.ms", "1500"}, {"lsn.flush.timeout.action", "WARN"}}));
    CHECK(config.replication.flush_timeout == std::chrono::milliseconds(1500));
    CHECK(config.replication.on_flush_timeout == FlushTimeout::Warn);
}

TEST_CASE("the notification channel http needs a URL", "[postgres][config]") {
    const auto [url, why] = GENERATE(table<const char*, const char*>({
        {"", "HTTP notification URL must be provided when the 'http' notification channel is enabled"},
        {"hooks.example.com", "HTTP notification URL must be a valid http(s) URL with a host"},
        {"ftp://hooks.example.com", "HTTP notification URL must be a valid http(s) URL with a host"},
        {"https://hooks.example.com/a?b=c", ""},
    }));
    INFO(url);
    const auto expected = std::string(*why == 0 ? "" : "The 'notification.http.url' value is invalid: ") + why;
    CHECK(errors_of("notification.http.url", with({{"notification.enabled.channels", "log, http"},
                                                   {"notification.http.url", url}})) == expected);
    CHECK(errors_of("notification.http.url",
                    with({{"notification.enabled.channels", "log"}, {"notification.http.url", url}})) == "");
}

TEST_CASE("notifications over HTTP go where the settings say", "[postgres][config]") {
    std::vector<std::string> warnings;
    const auto http = parsed(with({{"notification.enabled.channels", "http,jmx"},
                                   {"notification.http.url", "https://user:secret@hooks.example.com/secret"},
                                   {"notification.http.timeout.ms", "70"},
                                   {"notification.http.retries", "0"},
                                   {"notification.http.allow.private.networks", "true"}}),
                             &warnings)
                          .notifications;
    CHECK(http.http);
    CHECK(http.url == "https://user:secret@hooks.example.com/secret");
    CHECK(http.timeout == std::chrono::milliseconds(70));
    CHECK(http.retries == 0);
    CHECK(http.allow_private_networks);
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0],
               Catch::StartsWith("notification.enabled.channels names the channel 'jmx', which needs a JVM") &&
                   Catch::Contains("/metrics") && Catch::Contains("millrace_postgres_notifications_total"));
}

TEST_CASE("connector_and_driver brings heartbeats, unless somebody has set them or wants transaction metadata",
          "[postgres][config]") {
    const auto interval = [](Settings more) {
        more["lsn.flush.mode"] = "connector_and_driver";
        return parsed(with(more)).heartbeat_interval;
    };
    CHECK(interval({}) == std::chrono::minutes(10));
    CHECK(interval({{"heartbeat.interval.ms", "70"}}) == std::chrono::milliseconds(70));
    CHECK(interval({{"provide.transaction.metadata", "true"}}) == std::chrono::milliseconds(0));
    CHECK(parsed(with({})).heartbeat_interval == std::chrono::milliseconds(0));
}

TEST_CASE("Debezium's defects can be switched off", "[postgres][config]") {
    CHECK(parsed(with({})).types.reproduce_defects);
    CHECK_FALSE(parsed(with({{"millrace.reproduce.debezium.defects", "false"}})).types.reproduce_defects);
    CHECK(all_errors_of("millrace.reproduce.debezium.defects", with({{"millrace.reproduce.debezium.defects", "no"}}))
              .size() == 1);
}
