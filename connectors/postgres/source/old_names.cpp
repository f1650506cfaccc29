#include "connectors/postgres/source/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace::postgres {
namespace {

struct Rename {
    std::string_view old_name;
    std::string_view new_name;
};
constexpr std::array renames = {
    Rename{"database.server.name", "topic.prefix"},
    Rename{"table.whitelist", "table.include.list"},
    Rename{"table.blacklist", "table.exclude.list"},
    Rename{"schema.whitelist", "schema.include.list"},
    Rename{"schema.blacklist", "schema.exclude.list"},
    Rename{"column.whitelist", "column.include.list"},
    Rename{"column.blacklist", "column.exclude.list"},
    Rename{"heartbeat.topics.prefix", "topic.heartbeat.prefix"},
    Rename{"slot.drop_on_stop", "slot.drop.on.stop"},
    Rename{"toasted.value.placeholder", "unavailable.value.placeholder"},
    Rename{"database.ssl.mode", "database.sslmode"},
    Rename{"database.ssl.cert", "database.sslcert"},
    Rename{"database.ssl.key", "database.sslkey"},
    Rename{"database.ssl.password", "database.sslpassword"},
    Rename{"database.ssl.rootcert", "database.sslrootcert"},
    Rename{"initial.statements", "database.initial.statements"},
    Rename{"xmin.fetch.interval", "xmin.fetch.interval.ms"},
    Rename{"snapshot.custom.class", "snapshot.mode.custom.name"},
    Rename{"internal.legacy.snapshot.max.threads", "legacy.snapshot.max.threads"},
    Rename{"event.deserialization.failure.handling.mode", "event.processing.failure.handling.mode"},
};

/// A value that has another name today.
struct Revalue {
    std::string_view key;
    std::string_view old_value;
    std::string_view new_value;
};
constexpr std::array revalues = {
    Revalue{"snapshot.mode", "never", "no_data"},
    Revalue{"snapshot.mode", "exported", "initial"},
    Revalue{"snapshot.locking.mode", "exclusive", "shared"},
    Revalue{"plugin.name", "wal2json_rds", "wal2json"},
    Revalue{"plugin.name", "wal2json_streaming", "wal2json"},
    Revalue{"plugin.name", "wal2json_rds_streaming", "wal2json"},
};

/// Old boolean or mode settings that became a value of another setting.
struct Replace {
    std::string_view old_name;
    std::string_view old_value;
    std::string_view new_name;
    std::string_view new_value;
};
constexpr std::array replacements = {
    Replace{"sanitize.field.names", "true", "field.name.adjustment.mode", "avro"},
    Replace{"truncate.handling.mode", "include", "skipped.operations", "none"},
    Replace{"truncate.handling.mode", "skip", "skipped.operations", "t"},
    Replace{"internal.slot.seek.to.known.offset.on.start", "true", "offset.mismatch.strategy", "trust_offset"},
    Replace{"slot.seek.to.known.offset.on.start", "true", "offset.mismatch.strategy", "trust_offset"},
};

std::string lower(std::string_view text) {
    std::string out(trim(text));
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

void take(Settings& settings, std::string_view old_name, std::string_view new_name, const std::string& value,
          const Warn& warn) {
    if (settings.find(new_name) != settings.end()) {
        warn(fmt::format("The setting {} is an old name of {}, which is set too: {} is ignored", old_name, new_name,
                         old_name));
        return;
    }
    warn(fmt::format("The setting {} is an old name: it is taken as {}={}; please rename it", old_name, new_name,
                     value));
    settings.emplace(new_name, value);
}

}

Settings translate_old_names(Settings settings, const Warn& warn) {
    for (const auto& [old_name, new_name] : renames) {
        const auto at = settings.find(old_name);
        if (at == settings.end()) continue;
        const auto value = at->second;
        settings.erase(at);
        if (old_name == "database.ssl.password") {
            const bool both = settings.find(new_name) != settings.end();
            warn(fmt::format("The setting {} is an old name of {}; please rename it", old_name, new_name));
            if (!both) settings.emplace(new_name, value);
            continue;
        }
        take(settings, old_name, new_name, value, warn);
    }
    if (const auto at = settings.find("transaction.topic"); at != settings.end()) {
        // The whole name became its last part.
        const auto value = at->second.substr(at->second.rfind('.') + 1);
        settings.erase(at);
        take(settings, "transaction.topic", "topic.transaction", value, warn);
    }
    for (const auto& r : replacements) {
        const auto at = settings.find(r.old_name);
        if (at == settings.end() || lower(at->second) != r.old_value) continue;
        settings.erase(at);
        take(settings, r.old_name, r.new_name, std::string(r.new_value), warn);
    }
    for (const auto& r : revalues) {
        const auto at = settings.find(r.key);
        if (at == settings.end() || lower(at->second) != r.old_value) continue;
        warn(fmt::format("{}={} is of an older Debezium: it is taken as {}={}; please change it", r.key, at->second,
                         r.key, r.new_value));
        at->second = r.new_value;
    }
    return settings;
}

}
