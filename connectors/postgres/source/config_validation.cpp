#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/config_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace millrace::postgres {
namespace {

using Problems = std::vector<std::string>;

struct Choice {
    std::string_view key;
    std::vector<std::string_view> values;
};

// In the order in which Debezium lists them, which is a hash order.
const std::vector<Choice>& choices() {
    static const std::vector<Choice> all = {
        {"binary.handling.mode", {"bytes", "base64", "hex", "base64-url-safe"}},
        {"schema.name.adjustment.mode", {"none", "avro_unicode", "avro"}},
        {"field.name.adjustment.mode", {"none", "avro_unicode", "avro"}},
        {"event.converting.failure.handling.mode", {"warn", "fail", "skip"}},
        {"decimal.handling.mode", {"string", "double", "precise"}},
        {"time.precision.mode",
         {"adaptive", "adaptive_time_microseconds", "isostring", "structured", "microseconds", "nanoseconds",
          "connect"}},
        {"hstore.handling.mode", {"json", "map"}},
        {"interval.handling.mode", {"string", "numeric"}},
        {"lsn.flush.mode", {"connector_and_driver", "connector", "manual"}},
        {"schema.refresh.mode", {"columns_diff", "columns_diff_exclude_unchanged_toast"}},
        {"incremental.snapshot.watermarking.strategy", {"insert_delete", "insert_insert"}},
        {"snapshot.tables.order.by.row.count", {"disabled", "ascending", "descending"}},
        {"snapshot.mode",
         {"always", "initial_only", "configuration_based", "when_needed", "initial", "custom", "no_data"}},
        {"snapshot.isolation.mode", {"read_uncommitted", "repeatable_read", "read_committed", "serializable"}},
        {"snapshot.query.mode", {"custom", "select_all"}},
        {"snapshot.locking.mode", {"shared", "custom", "none"}},
        {"event.processing.failure.handling.mode", {"warn", "fail", "ignore", "skip"}},
        {"guardrail.collections.limit.action", {"warn", "fail"}},
        {"database.sslmode", {"allow", "prefer", "disable", "verify-ca", "require", "verify-full"}},
        {"plugin.name", {"decoderbufs", "pgoutput"}},
        {"publication.autocreate.mode", {"no_tables", "filtered", "disabled", "all_tables"}},
        {"lsn.flush.timeout.action", {"fail", "warn", "ignore"}},
    };
    return all;
}

constexpr std::array required_keys = {"database.hostname", "database.user", "database.dbname", "topic.prefix"};
constexpr std::array positive_keys = {"max.batch.size",
                                      "max.queue.size",
                                      "poll.interval.ms",
                                      "slot.advance.interval.ms",
                                      "status.update.interval.ms",
                                      "snapshot.max.threads",
                                      "incremental.snapshot.chunk.size",
                                      "snapshot.max.threads.multiplier"};
constexpr std::array non_negative_keys = {"heartbeat.interval.ms",
                                          "max.queue.size.in.bytes",
                                          "slot.max.retries",
                                          "snapshot.delay.ms",
                                          "streaming.delay.ms",
                                          "snapshot.lock.timeout.ms",
                                          "database.query.timeout.ms",
                                          "xmin.fetch.interval.ms",
                                          "guardrail.collections.max",
                                          "lsn.flush.timeout.ms",
                                          "connection.validation.timeout.ms",
                                          "slot.retry.delay.ms",
                                          "internal.offset.activity.monitor.interval.ms",
                                          "snapshot.resume.interval.bytes",
                                          "retriable.restart.connector.wait.ms"};
struct Pair {
    std::string_view include;
    std::string_view exclude;
};
constexpr std::array exclusive = {Pair{"table.include.list", "table.exclude.list"},
                                  Pair{"schema.include.list", "schema.exclude.list"},
                                  Pair{"column.include.list", "column.exclude.list"},
                                  Pair{"message.prefix.include.list", "message.prefix.exclude.list"}};
constexpr std::array regex_lists = {"table.include.list",
                                    "table.exclude.list",
                                    "schema.include.list",
                                    "schema.exclude.list",
                                    "column.include.list",
                                    "column.exclude.list",
                                    "message.prefix.include.list",
                                    "message.prefix.exclude.list",
                                    "column.propagate.source.type",
                                    "datatype.propagate.source.type",
                                    "snapshot.include.collection.list"};

bool one_of(std::string_view name, std::span<const char* const> names) {
    return std::ranges::any_of(names, [&](const char* n) { return name == n; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

bool plain_name(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
}

bool slot_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

void check_type(const ConfigKey& key, std::string_view text, Problems& problems) {
    const auto twice = [&](const char* what) { problems.insert(problems.end(), 2, what); };
    switch (key.type) {
    case ConfigType::Boolean:
        if (const auto v = lower(text); v != "true" && v != "false") twice("Either 'true' or 'false' is expected");
        break;
    case ConfigType::Int:
    case ConfigType::Short:
        // The names with a pattern in them stand for families of settings.
        if (key.name.find('(') != std::string_view::npos) break;
        if (const auto v = number(text); !v || *v < INT32_MIN || *v > INT32_MAX) twice("An integer is expected");
        break;
    case ConfigType::Long:
        if (!number(text)) twice("A long value is expected");
        break;
    default:
        break;
    }
    if (!problems.empty()) return;
    const auto v = number(text);
    if (one_of(key.name, positive_keys) && *v <= 0) {
        problems.emplace_back("A positive, non-zero integer value is expected");
    }
    if (one_of(key.name, non_negative_keys) && *v < 0) {
        problems.emplace_back(key.type == ConfigType::Long ? "A non-negative long is expected"
                                                           : "An non-negative integer is expected");
    }
}

void check_key_columns(std::string_view text, Problems& problems) {
    static const Regex form(R"(^\s*([^:]+):([^:,]+(,[^:,]+)*)\s*$)");
    std::size_t from = 0;
    while (from <= text.size()) {
        const auto end = std::min(text.find(';', from), text.size());
        const auto part = text.substr(from, end - from);
        from = end + 1;
        if (trim(part).empty() || form.matches(part)) continue;
        problems.push_back(
            fmt::format(R"({} has an invalid format (expecting '^\s*([^:]+):([^:,]+(,[^:,]+)*)\s*$'))", part));
    }
}

void check_special(std::string_view name, std::string_view text, const Settings& settings, Problems& problems) {
    if (name == "database.hostname" || name == "topic.prefix") {
        if (!plain_name(text)) {
            problems.push_back(fmt::format(
                "{} has invalid format (only the underscore, hyphen, dot and alphanumeric characters are allowed)",
                text));
        }
    } else if (name == "slot.name") {
        if (!slot_name(text)) {
            problems.emplace_back(
                "Valid replication slot name must contain only digits, lowercase characters and underscores with "
                "length <= 63");
        }
    } else if (name == "skipped.operations") {
        const auto operations = split_list(text);
        const bool none = operations.size() == 1 && lower(operations[0]) == "none";
        const auto known = [](const std::string& o) {
            return o.size() == 1 && std::string_view("cudtr").find(o[0]) != std::string_view::npos;
        };
        if (!none && !std::ranges::all_of(operations, known)) problems.emplace_back("Invalid operation");
    } else if (name == "message.key.columns") {
        check_key_columns(text, problems);
    } else if (name == "max.queue.size") {
        const auto batch = settings.find("max.batch.size");
        const auto size = number(text);
        const auto limit = batch == settings.end() ? std::optional<std::int64_t>(2048) : number(trim(batch->second));
        if (size && limit && *size <= *limit) problems.emplace_back("Must be larger than the maximum batch size");
    } else if (name == "signal.data.collection") {
        if (split_list(text).size() > 1 || std::ranges::count(text, '.') < 1) {
            problems.push_back(fmt::format("{} must be one table as schema.table", text));
        }
    } else if (name == "converters" || name == "post.processors") {
        problems.push_back(fmt::format("{} names Java classes, which cannot be loaded here; remove the setting", text));
    } else if (auto problem = java_class_problem(name, text); !problem.empty()) {
        problems.push_back(std::move(problem));
    }
    if (one_of(name, regex_lists)) {
        try {
            RegexList compiled{text};
        } catch (const ConnectException& e) {
            problems.emplace_back(e.what());
        }
    }
}

void check_value(const ConfigKey& key, std::string_view text, const Settings& settings, Problems& problems) {
    check_type(key, text, problems);
    if (!problems.empty()) return;
    const auto choice = std::ranges::find(choices(), key.name, &Choice::key);
    // Of an older Debezium, so it is not offered.
    const bool outdated = key.name == "plugin.name" && lower(text) == "wal2json";
    if (choice != choices().end() && !outdated &&
        std::ranges::find(choice->values, lower(text)) == choice->values.end()) {
        problems.push_back(fmt::format("Value must be one of {}", fmt::join(choice->values, ", ")));
    }
    check_special(key.name, text, settings, problems);
}

/// snapshot.mode, its query mode and its locking mode may name a Java class of the user's.
void check_custom_name(std::string_view name, const Settings& settings, Problems& problems) {
    constexpr std::string_view suffix = ".custom.name";
    if (!name.starts_with("snapshot.") || !name.ends_with(suffix)) return;
    const auto mode = name.substr(0, name.size() - suffix.size());
    const auto chosen = settings.find(mode);
    if (chosen == settings.end() || lower(trim(chosen->second)) != "custom") return;
    const auto given = settings.find(name);
    if (given == settings.end() || trim(given->second).empty()) {
        problems.push_back(fmt::format("{} cannot be empty when {} 'custom' is defined", name, mode));
    } else {
        problems.push_back(
            fmt::format("{} is a Java class and cannot be loaded here; set {} to another value than 'custom'",
                        trim(given->second), mode));
    }
}

void check_combinations(std::string_view name, const Settings& settings, Problems& problems) {
    check_custom_name(name, settings, problems);
    const auto given = [&](std::string_view key) {
        const auto at = settings.find(key);
        return at != settings.end() && !trim(at->second).empty();
    };
    const auto pair = std::ranges::find(exclusive, name, &Pair::exclude);
    if (pair != exclusive.end() && given(pair->include) && given(pair->exclude)) {
        problems.push_back(fmt::format("\"{}\" is already specified", pair->include));
    }
    if (name == "notification.sink.topic.name" && !given(name)) {
        const auto channels = settings.find("notification.enabled.channels");
        if (channels != settings.end() && std::ranges::count(split_list(channels->second), "sink") > 0) {
            problems.emplace_back(
                "Notification topic name must be provided when kafka notification channel is enabled");
        }
    }
}

}

std::vector<ConfigValue> validate_config(const Settings& settings) {
    std::vector<ConfigValue> values;
    for (const auto& key : config_keys()) {
        Problems problems;
        const auto at = settings.find(key.name);
        const auto text = at == settings.end() ? std::string_view() : trim(at->second);
        if (one_of(key.name, required_keys) && text.empty()) problems.emplace_back("A value is required");
        if (!text.empty()) check_value(key, text, settings, problems);
        check_combinations(key.name, settings, problems);
        ConfigValue value{.name = std::string(key.name), .value = {}};
        const auto choice = std::ranges::find(choices(), key.name, &Choice::key);
        if (choice != choices().end()) value.recommended_values.assign(choice->values.begin(), choice->values.end());
        value.visible = key.name != "schema.exclude.list";
        for (const auto& problem : problems) {
            value.errors.push_back(fmt::format("The '{}' value is invalid: {}", key.name, problem));
        }
        values.push_back(std::move(value));
    }
    return values;
}

}
