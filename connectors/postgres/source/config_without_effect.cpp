// Settings of Debezium's that change nothing here. Whoever sets one is told why; what names a Java class is refused.
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/config_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::postgres {
namespace {

struct WithoutEffect {
    std::string_view key;
    std::string_view why;
};
constexpr std::string_view no_cursor = "rows are read by COPY, a buffer at a time, without a cursor";
constexpr std::string_view no_lineage = "no lineage is emitted";
constexpr std::string_view of_java = "it arranges the inside of Debezium's Java classes";
constexpr std::string_view one_database =
    "Debezium ignores it too: a connector captures the one database that database.dbname names";
constexpr std::array without_effect = {
    WithoutEffect{"poll.interval.ms", "records are handed over as soon as there are some"},
    WithoutEffect{"poll.dispatch.interval.ms", "records are handed over as soon as there are some"},
    WithoutEffect{"queue.provider.type", "the queue is in memory"},
    WithoutEffect{"query.fetch.size", no_cursor},
    WithoutEffect{"snapshot.fetch.size", no_cursor},
    WithoutEffect{"snapshot.max.threads.multiplier",
                  "a table is read by one COPY; snapshot.max.threads tables are read at once"},
    WithoutEffect{"legacy.snapshot.max.threads", "a table is always read by one COPY"},
    WithoutEffect{"executor.shutdown.timeout.ms", "a stop interrupts every wait at once"},
    WithoutEffect{"schema.refresh.mode",
                  "a table's description is read again when its columns differ, never for an unchanged TOAST value"},
    WithoutEffect{"incremental.snapshot.allow.schema.changes",
                  "a table that changes while it is read is described again and read on"},
    WithoutEffect{"include.schema.comments", "Debezium does not read the comments of PostgreSQL either"},
    WithoutEffect{"snapshot.mode.configuration.based.snapshot.schema",
                  "there is no history of schemas that a snapshot could make"},
    WithoutEffect{"snapshot.mode.configuration.based.snapshot.on.schema.error",
                  "there is no history of schemas that could be lost"},
    WithoutEffect{"database.include.list", one_database},
    WithoutEffect{"database.exclude.list", one_database},
    WithoutEffect{"custom.sanitize.pattern", "settings are not written to the log"},
    WithoutEffect{"openlineage.integration.enabled", no_lineage},
    WithoutEffect{"openlineage.integration.config.file.path", no_lineage},
    WithoutEffect{"openlineage.integration.dataset.kafka.bootstrap.servers", no_lineage},
    WithoutEffect{"openlineage.integration.job.description", no_lineage},
    WithoutEffect{"openlineage.integration.job.namespace", no_lineage},
    WithoutEffect{"openlineage.integration.job.owners", no_lineage},
    WithoutEffect{"openlineage.integration.job.tags", no_lineage},
    WithoutEffect{"memory.management.schemas.class", of_java},
    WithoutEffect{"memory.management.tables.class", of_java},
    WithoutEffect{"internal.snapshot.scan.all.columns.force", of_java},
    WithoutEffect{"internal.signal.synchronous.batch.size", of_java},
    WithoutEffect{"internal.signal.processor.semaphore.wait.ms", of_java},
    WithoutEffect{"statistics.metrics.enabled", "/metrics always has them"},
    WithoutEffect{"internal.advanced.metrics.enable", "/metrics always has all"},
    WithoutEffect{"signal.kafka.poll.timeout.ms", "signals are fetched while the stream goes on, which waits for none"},
    WithoutEffect{"topic.cache.size", "the names of all topics are kept"},
};

// Their classes shape the records, so records of another shape than asked for must not come.
constexpr std::array java_classes = {"sourceinfo.struct.maker", "transaction.metadata.factory"};

}

std::string java_class_problem(std::string_view key, std::string_view value) {
    if (std::ranges::none_of(java_classes, [&](const char* name) { return key == name; })) return {};
    const auto row = std::ranges::find(config_keys(), key, &ConfigKey::name);
    if (row == config_keys().end() || row->default_value.text == value) return {};
    return fmt::format("{} is a Java class, which cannot be loaded here; remove the setting", value);
}

void warn_of_settings_without_effect(const Config& config, const Warn& warn) {
    for (const auto& [key, why] : without_effect) {
        const auto row = std::ranges::find(config_keys(), key, &ConfigKey::name);
        if (!config.has(key) || row == config_keys().end()) continue;
        const auto value = config.get_string(key);
        if (row->default_value.text == value) continue;
        warn(fmt::format("{}={} has no effect: {}", key, value, why));
    }
}

}
