#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/config_choices.hpp"
#include "connectors/postgres/source/config_keys.hpp"
#include "connectors/postgres/source/reselect.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace millrace::postgres {
namespace {

using Problems = std::vector<std::string>;

constexpr std::array required_keys = {"database.hostname", "database.user", "database.dbname", "topic.prefix"};
/// What a number must be, besides being one.
struct Range {
    std::string_view complaint;
    std::int64_t least;
    std::int64_t most = INT64_MAX;
};
constexpr Range positive_int = {"A positive, non-zero integer value is expected", 1, INT32_MAX};
constexpr Range positive_long = {"A positive, non-zero long value is expected", 1};
constexpr Range natural_int = {"An non-negative integer is expected", 0, INT32_MAX};
constexpr Range natural_long = {"A non-negative long value is expected", 0};
constexpr Range any_int = {"An integer is expected", INT32_MIN, INT32_MAX};
constexpr std::pair<std::string_view, Range> ranges[] = {
    {"slot.retry.delay.ms", any_int},
    {"notification.http.timeout.ms", positive_int},
    {"snapshot.max.threads", positive_int},
    {"snapshot.max.threads.multiplier", positive_int},
    {"max.batch.size", positive_int},
    {"internal.signal.synchronous.batch.size", positive_int},
    {"status.update.interval.ms", positive_int},
    {"poll.interval.ms", positive_int},
    {"signal.emit.failure.backoff.ms", positive_int},
    {"internal.signal.processor.semaphore.wait.ms", positive_int},
    {"signal.poll.interval.ms", positive_int},
    {"lsn.flush.timeout.ms", positive_int},
    {"slot.advance.interval.ms", positive_int},
    {"retriable.restart.connector.wait.ms", positive_long},
    {"connection.validation.timeout.ms", positive_long},
    {"executor.shutdown.timeout.ms", positive_long},
    {"millrace.streamed.transactions.max.bytes", positive_long},
    {"millrace.retained.wal.check.interval.ms", positive_long},
    {"notification.http.retries", natural_int},
    {"snapshot.fetch.size", natural_int},
    {"query.fetch.size", natural_int},
    {"incremental.snapshot.chunk.size", natural_int},
    {"guardrail.collections.max", natural_int},
    {"signal.emit.failure.max.retries", natural_int},
    {"heartbeat.interval.ms", natural_int},
    {"snapshot.delay.ms", natural_long},
    {"streaming.delay.ms", natural_long},
    {"max.queue.size.in.bytes", natural_long},
    {"internal.offset.activity.monitor.interval.ms", natural_long},
    {"xmin.fetch.interval.ms", natural_long},
    {"snapshot.resume.interval.bytes", natural_long},
};
/// Debezium takes what lies below, and cannot use it.
constexpr std::pair<std::string_view, Range> our_ranges[] = {
    {"incremental.snapshot.chunk.size", positive_int},
    {"slot.max.retries", natural_int},
    {"slot.retry.delay.ms", natural_long},
    {"snapshot.lock.timeout.ms", natural_long},
    {"database.query.timeout.ms", natural_int},
};
/// Of type STRING, and yet a number.
constexpr const char* a_number_as_text = "column.mask.with.(d+).chars";
/// Debezium checks the type of all others twice, and says so.
constexpr std::array checked_once = {a_number_as_text,
                                     "database.query.timeout.ms",
                                     "max.queue.size",
                                     "snapshot.lock.timeout.ms",
                                     "include.unknown.datatypes",
                                     "incremental.snapshot.allow.schema.changes",
                                     "internal.advanced.metrics.enable",
                                     "internal.legacy.snapshot.max.threads",
                                     "internal.log.position.check.enable",
                                     "internal.snapshot.scan.all.columns.force",
                                     "legacy.snapshot.max.threads",
                                     "millrace.reproduce.debezium.defects",
                                     "notification.http.allow.private.networks",
                                     "openlineage.integration.enabled",
                                     "provide.transaction.metadata",
                                     "slot.drop.on.stop",
                                     "slot.failover",
                                     "snapshot.mode.configuration.based.snapshot.data",
                                     "snapshot.mode.configuration.based.snapshot.on.data.error",
                                     "snapshot.mode.configuration.based.snapshot.on.schema.error",
                                     "snapshot.mode.configuration.based.snapshot.schema",
                                     "snapshot.mode.configuration.based.start.stream",
                                     "statistics.metrics.enabled"};
/// A list of key=value.
constexpr std::array maps = {"custom.metric.tags", "openlineage.integration.job.tags",
                             "openlineage.integration.job.owners"};
/// An empty value is one for these.
constexpr std::array never_empty = {"skipped.operations", "message.key.columns", "replica.identity.autoset.values"};
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
                                    "snapshot.include.collection.list",
                                    "database.include.list",
                                    "database.exclude.list"};
constexpr std::string_view key_columns_form = R"(^\s*([^:]+):([^:,]+(,[^:,]+)*)\s*$)";
constexpr std::string_view identities_form =
    R"((?i)^\s*(?<tablepredicate>[^\s:]+):(?<replicaidentity>DEFAULT|(INDEX) (?<indexname>.\w*)|FULL|NOTHING)\s*$)";

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

/// Java's identifiers between dots.
bool class_name(std::string_view text) {
    bool begins = true;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        if (begins && (c == '.' || digit)) return false;
        if (c != '$' && (c == '-' || !plain_name({&c, 1}))) return false;
        begins = c == '.';
    }
    return !begins;
}

void check_number(const ConfigKey& key, std::string_view text, std::string_view type_complaint, Problems& problems) {
    const auto value = number(text);
    const bool fits = value && (key.type == ConfigType::Long || (*value >= INT32_MIN && *value <= INT32_MAX));
    const auto range = std::ranges::find(ranges, key.name, [](const auto& row) { return row.first; });
    const bool ranged = range != std::end(ranges);
    if (!fits) {
        problems.emplace_back(type_complaint);
        if (!one_of(key.name, checked_once)) problems.emplace_back(ranged ? range->second.complaint : type_complaint);
        return;
    }
    if (ranged && (*value < range->second.least || *value > range->second.most))
        problems.emplace_back(range->second.complaint);
    const auto ours = std::ranges::find(our_ranges, key.name, [](const auto& row) { return row.first; });
    if (problems.empty() && ours != std::end(our_ranges) && *value < ours->second.least) {
        problems.emplace_back(ours->second.complaint);
    }
}

void check_type(const ConfigKey& key, std::string_view text, Problems& problems) {
    switch (key.type) {
    case ConfigType::Boolean:
        if (const auto v = lower(text); v != "true" && v != "false") {
            problems.insert(problems.end(), one_of(key.name, checked_once) ? 1 : 2,
                            "Either 'true' or 'false' is expected");
        }
        break;
    case ConfigType::Int:
    case ConfigType::Short:
        check_number(key, text, "An integer is expected", problems);
        break;
    case ConfigType::Long:
        check_number(key, text, "A long value is expected", problems);
        break;
    case ConfigType::Class:
        if (!class_name(text)) problems.emplace_back("A Java class name is expected");
        break;
    default:
        if (key.name == a_number_as_text) check_number(key, text, "An integer is expected", problems);
        break;
    }
}

/// Each of `parts` must have this form.
void check_form(const std::vector<std::string_view>& parts, std::string_view pattern, Problems& problems) {
    const Regex form(pattern);
    for (const auto part : parts) {
        if (form.matches(part)) continue;
        problems.push_back(fmt::format("{} has an invalid format (expecting '{}')", part, pattern));
    }
}

void check_map(std::string_view text, Problems& problems) {
    const auto parts = java_split(text, ',');
    if (std::ranges::all_of(parts, [](std::string_view part) { return java_split(part, '=').size() == 2; })) return;
    problems.emplace_back("A equivalent-separated map of valid key/value pairs is expected, for example: k1=v1,k2=v2");
}

void check_regexes(std::string_view name, std::string_view text, Problems& problems) {
    constexpr std::string_view prefix = "Invalid regex: ";
    for (const auto& pattern : split_patterns(text)) {
        const auto complaint = regex_complaint(pattern);
        if (complaint.empty()) continue;
        problems.insert(problems.end(), name == "table.include.list" ? 2 : 1,
                        fmt::format("A comma-separated list of valid regular expressions is expected, but {}",
                                    complaint.starts_with(prefix) ? complaint.substr(prefix.size()) : complaint));
        return;
    }
}

void refuse_name(std::string_view text, Problems& problems) {
    problems.push_back(fmt::format(
        "{} has invalid format (only the underscore, hyphen, dot and alphanumeric characters are allowed)", text));
}

void check_special(std::string_view name, std::string_view text, Problems& problems) {
    if (name == "database.hostname" || name == "topic.prefix") {
        if (text.empty() || !plain_name(text)) refuse_name(text, problems);
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
        if (operations.empty() || (!none && !std::ranges::all_of(operations, known)))
            problems.emplace_back("Invalid operation");
    } else if (name == "message.key.columns" || name == "replica.identity.autoset.values") {
        if (text.empty()) problems.emplace_back("Must not be empty");
        const bool keys = name == "message.key.columns";
        check_form(java_split(text, keys ? ';' : ','), keys ? key_columns_form : identities_form, problems);
    } else if (one_of(name, maps)) {
        check_map(text, problems);
    } else if (name == "signal.data.collection") {
        if (split_list(text).size() > 1) {
            problems.emplace_back("For single task connector only one signal data collection is permitted.");
        } else if (std::ranges::count(text, '.') < 1) {
            problems.push_back(fmt::format("{} must be one table as schema.table", text));
        }
    } else if (name == "converters") {
        problems.push_back(fmt::format("{} names Java classes, which cannot be loaded here; remove the setting", text));
    } else if (auto problem = java_class_problem(name, text); !problem.empty()) {
        problems.push_back(std::move(problem));
    }
    if (one_of(name, regex_lists)) check_regexes(name, text, problems);
}

void check_value(const ConfigKey& key, std::string_view text, Problems& problems) {
    const auto before = problems.size();
    check_type(key, text, problems);
    if (problems.size() > before) return;
    const auto choice = std::ranges::find(choices(), key.name, &Choice::key);
    // Of an older Debezium, so it is not offered.
    const bool outdated = key.name == "plugin.name" && lower(text) == "wal2json";
    if (choice != choices().end() && !outdated &&
        std::ranges::find(choice->values, lower(text)) == choice->values.end()) {
        problems.push_back(fmt::format("Value must be one of {}", fmt::join(choice->values, ", ")));
    }
    check_special(key.name, text, problems);
}

/// Around the value.
bool takes_blanks(const ConfigKey& key) {
    constexpr std::array names = {a_number_as_text, "database.hostname", "slot.name", "topic.prefix"};
    const bool any_text = key.type == ConfigType::Boolean || key.type == ConfigType::String ||
                          key.type == ConfigType::List || key.type == ConfigType::Password;
    return any_text && !one_of(key.name, names) && !one_of(key.name, never_empty);
}

bool refuses_empty(const ConfigKey& key) {
    const bool typed =
        key.type != ConfigType::String && key.type != ConfigType::List && key.type != ConfigType::Password;
    constexpr std::array names = {a_number_as_text, "slot.name", "topic.prefix"};
    return typed || one_of(key.name, names) || one_of(key.name, never_empty) ||
           std::ranges::find(choices(), key.name, &Choice::key) != choices().end();
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

void check_queue(const Settings& settings, Problems& problems) {
    const auto value = [&](std::string_view key, std::int64_t otherwise) {
        const auto at = settings.find(key);
        const auto given = at == settings.end() ? std::optional(otherwise) : number(at->second);
        return given && *given == static_cast<std::int32_t>(*given) ? given : std::nullopt;
    };
    const auto size = value("max.queue.size", 8192);
    const auto batch = value("max.batch.size", 2048);
    if (size && *size <= 0) problems.emplace_back("A positive queue size is required");
    if (size && batch && *size <= *batch) problems.emplace_back("Must be larger than the maximum batch size");
}

void check_combinations(std::string_view name, const Settings& settings, Problems& problems) {
    check_custom_name(name, settings, problems);
    if (name == "max.queue.size") check_queue(settings, problems);
    if (name == "post.processors") {
        if (auto problem = post_processor_problem(settings); !problem.empty()) problems.push_back(std::move(problem));
    }
    const auto given = [&](std::string_view key) {
        const auto at = settings.find(key);
        return at != settings.end() && !trim(at->second).empty();
    };
    const auto pair = std::ranges::find(exclusive, name, &Pair::exclude);
    if (pair != exclusive.end() && given(pair->include) && given(pair->exclude)) {
        problems.push_back(fmt::format("\"{}\" is already specified", pair->include));
    }
    if (name == "notification.http.url") {
        if (auto problem = notification_url_problem(settings); !problem.empty()) problems.push_back(std::move(problem));
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
        const auto given = at == settings.end() ? std::string_view() : std::string_view(at->second);
        const auto text = takes_blanks(key) ? trim(given) : given;
        const bool blank = trim(text).empty();
        if (one_of(key.name, required_keys) && blank) problems.emplace_back("A value is required");
        if (at != settings.end() && (!blank || refuses_empty(key))) check_value(key, text, problems);
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
