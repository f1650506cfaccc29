#include "connectors/postgres/source/config.hpp"

#include "connectors/postgres/source/config_keys.hpp"
#include "connectors/postgres/source/reselect.hpp"
#include "connectors/support/java_hash_map.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

std::string lower(std::string_view text) {
    std::string out(trim(text));
    for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

template <class T>
struct Named {
    std::string_view name;
    T value;
};

/// The value is one of the table's: validation has seen to that.
template <class T, std::size_t N>
T choose(const Config& config, std::string_view key, const Named<T> (&names)[N]) {
    const auto text = lower(config.get_string(key));
    for (const auto& [name, value] : names) {
        if (text == name) return value;
    }
    return names[0].value;
}

constexpr Named<SnapshotMode> snapshot_modes[] = {
    {"initial", SnapshotMode::Initial},          {"always", SnapshotMode::Always},
    {"initial_only", SnapshotMode::InitialOnly}, {"no_data", SnapshotMode::NoData},
    {"when_needed", SnapshotMode::WhenNeeded},   {"configuration_based", SnapshotMode::ConfigurationBased}};
constexpr Named<SnapshotIsolation> isolations[] = {{"serializable", SnapshotIsolation::Serializable},
                                                   {"repeatable_read", SnapshotIsolation::RepeatableRead},
                                                   {"read_committed", SnapshotIsolation::ReadCommitted},
                                                   {"read_uncommitted", SnapshotIsolation::ReadUncommitted}};
constexpr Named<PublicationMode> publication_modes[] = {{"all_tables", PublicationMode::AllTables},
                                                        {"disabled", PublicationMode::Disabled},
                                                        {"filtered", PublicationMode::Filtered},
                                                        {"no_tables", PublicationMode::NoTables}};
/// Debezium's, where lsn.flush.mode=connector_and_driver asks for heartbeats and nobody has set them.
constexpr milliseconds heartbeat_with_driver{600'000};
constexpr Named<LsnFlushMode> flush_modes[] = {{"connector", LsnFlushMode::Connector},
                                               {"manual", LsnFlushMode::Manual},
                                               {"connector_and_driver", LsnFlushMode::ConnectorAndDriver}};
constexpr Named<OffsetMismatch> mismatches[] = {{"no_validation", OffsetMismatch::NoValidation},
                                                {"trust_offset", OffsetMismatch::TrustOffset},
                                                {"trust_slot", OffsetMismatch::TrustSlot},
                                                {"trust_greater_lsn", OffsetMismatch::TrustGreaterLsn}};
constexpr Named<NameAdjustment> adjustments[] = {
    {"none", NameAdjustment::None}, {"avro", NameAdjustment::Avro}, {"avro_unicode", NameAdjustment::AvroUnicode}};
constexpr Named<FailureHandling> failure_handlings[] = {{"fail", FailureHandling::Fail},
                                                        {"warn", FailureHandling::Warn},
                                                        {"skip", FailureHandling::Skip},
                                                        {"ignore", FailureHandling::Skip}};
constexpr Named<OutputPlugin> plugins[] = {{"pgoutput", OutputPlugin::PgOutput},
                                           {"decoderbufs", OutputPlugin::Decoderbufs},
                                           {"wal2json", OutputPlugin::Wal2Json}};
constexpr Named<FlushTimeout> flush_timeouts[] = {
    {"fail", FlushTimeout::Fail}, {"warn", FlushTimeout::Warn}, {"ignore", FlushTimeout::Ignore}};
constexpr Named<SnapshotConfig::Order> orders[] = {{"disabled", SnapshotConfig::Order::AsListed},
                                                   {"ascending", SnapshotConfig::Order::FewestRowsFirst},
                                                   {"descending", SnapshotConfig::Order::MostRowsFirst}};
constexpr Named<bool> watermarkings[] = {{"insert_insert", false}, {"insert_delete", true}};

milliseconds ms(const Config& config, std::string_view key) { return milliseconds(config.get_long(key)); }

std::vector<std::pair<std::string, std::string>> split_pairs(std::string_view text, char between, char inside,
                                                             const Warn& warn, std::string_view key) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find(between, from), text.size());
        const auto part = trim(text.substr(from, end - from));
        from = end + 1;
        if (part.empty()) continue;
        const auto middle = part.rfind(inside);
        if (middle == std::string_view::npos || (inside == '=' && part.find(inside) != middle)) {
            warn(fmt::format("{} has the part '{}', which is not a name and a value; it is ignored", key, part));
            continue;
        }
        pairs.emplace_back(trim(part.substr(0, middle)), trim(part.substr(middle + 1)));
    }
    return pairs;
}

void read_types(const Config& config, TypeOptions& types) {
    types.time_precision =
        parse_time_precision(config.get_string("time.precision.mode")).value_or(types.time_precision);
    types.decimals = parse_decimal_handling(config.get_string("decimal.handling.mode")).value_or(types.decimals);
    types.binary = parse_binary_handling(config.get_string("binary.handling.mode")).value_or(types.binary);
    types.intervals = parse_interval_handling(config.get_string("interval.handling.mode")).value_or(types.intervals);
    types.hstore = parse_hstore_handling(config.get_string("hstore.handling.mode")).value_or(types.hstore);
    types.on_failure = parse_conversion_failure(config.get_string("event.converting.failure.handling.mode"))
                           .value_or(types.on_failure);
    types.money_fraction_digits = static_cast<std::int16_t>(config.get_int("money.fraction.digits"));
    types.include_unknown = config.get_boolean("include.unknown.datatypes");
    types.reproduce_defects = config.get_boolean("millrace.reproduce.debezium.defects");
    const auto placeholder = config.get_string("unavailable.value.placeholder");
    const auto parsed = parse_placeholder(placeholder);
    if (!parsed) {
        throw ConfigException(
            fmt::format("The 'unavailable.value.placeholder' value '{}' is invalid: hex: wants hexadecimal digits, two "
                        "a byte",
                        placeholder));
    }
    types.unavailable_value = *parsed;
}

void read_topics(const Config& config, TopicConfig& topics) {
    check_topics(config);
    topics.prefix = config.get_string("topic.prefix");
    topics.delimiter = config.get_string("topic.delimiter");
    topics.heartbeat = config.get_string("topic.heartbeat.name");
    if (topics.heartbeat.empty()) {
        topics.heartbeat = config.get_string("topic.heartbeat.prefix") + topics.delimiter + topics.prefix;
    }
    topics.transaction = topics.prefix + topics.delimiter + config.get_string("topic.transaction");
    const auto strategy = config.get_string("topic.naming.strategy");
    const auto has = [&](std::string_view part) { return strategy.find(part) != std::string::npos; };
    topics.unicode = has("Unicode");
    topics.with_schema = !has(".Default");
    if (has("Regex")) {
        topics.regex = config.get_string("topic.regex");
        topics.replacement = config.get_string("topic.replacement");
        if (config.get_boolean("topic.key.enforce.uniqueness"))
            topics.key_field = config.get_string("topic.key.field.name");
        topics.key_field_regex = config.get_string("topic.key.field.regex");
        topics.key_field_replacement = config.get_string("topic.key.field.replacement");
    }
    topics.schema_names = choose(config, "schema.name.adjustment.mode", adjustments);
    topics.field_names = choose(config, "field.name.adjustment.mode", adjustments);
    for (const auto* key : {"key.converter", "value.converter"}) {
        const auto at = config.settings().find(key);
        if (at == config.settings().end() || config.has("field.name.adjustment.mode")) continue;

        if (at->second.ends_with("AvroConverter")) topics.field_names = NameAdjustment::Avro;
    }
}

void read_snapshot(const Config& config, SnapshotConfig& snapshot) {
    snapshot.mode = choose(config, "snapshot.mode", snapshot_modes);
    snapshot.isolation = choose(config, "snapshot.isolation.mode", isolations);
    snapshot.lock_tables = lower(config.get_string("snapshot.locking.mode")) == "shared";
    snapshot.lock_timeout = ms(config, "snapshot.lock.timeout.ms");
    snapshot.delay = ms(config, "snapshot.delay.ms");
    snapshot.resume_bytes = config.get_long("snapshot.resume.interval.bytes");
    snapshot.order = choose(config, "snapshot.tables.order.by.row.count", orders);
    snapshot.threads = config.get_int("snapshot.max.threads");
    snapshot.streaming_delay = ms(config, "streaming.delay.ms");
    snapshot.include_collections = split_patterns(config.get_string("snapshot.include.collection.list"));
    constexpr std::string_view prefix = "snapshot.select.statement.overrides.";
    for (const auto& table : split_patterns(config.get_string("snapshot.select.statement.overrides"))) {
        const auto at = config.settings().find(std::string(prefix) + table);
        if (at != config.settings().end()) snapshot.overrides.emplace(table, trim(at->second));
    }
    snapshot.based_snapshot_data = config.get_boolean("snapshot.mode.configuration.based.snapshot.data");
    snapshot.based_start_stream = config.get_boolean("snapshot.mode.configuration.based.start.stream");
    snapshot.based_on_data_error = config.get_boolean("snapshot.mode.configuration.based.snapshot.on.data.error");
}

/// The operations that stay, as CREATE PUBLICATION wants them.
std::string publish_list(const std::string& skipped) {
    std::string list;
    for (const auto& [letter, name] : {std::pair{'c', "insert"}, {'u', "update"}, {'d', "delete"}, {'t', "truncate"}}) {
        if (skipped.find(letter) != std::string::npos) continue;
        list += (list.empty() ? "" : ",") + std::string(name);
    }
    return list;
}

void read_replication(const Config& config, const Warn& warn, ReplicationConfig& r) {
    r.plugin = choose(config, "plugin.name", plugins);
    if (r.plugin == OutputPlugin::Wal2Json) {
        warn(
            "plugin.name=wal2json is of an older Debezium. A slot that was made with it is read on, but wal2json does "
            "not "
            "tell everything (NaN and infinite numbers are null); a new slot is made with pgoutput. Please set "
            "plugin.name=pgoutput and, once the old slot is read to its end, a new slot.name");
    }
    r.slot = config.get_string("slot.name");
    r.drop_slot_on_stop = config.get_boolean("slot.drop.on.stop");
    r.failover = config.get_boolean("slot.failover");
    r.stream_params = split_pairs(config.get_string("slot.stream.params"), ';', '=', warn, "slot.stream.params");
    r.spill = {.folder = config.get_string("millrace.streamed.transactions.folder"),
               .most_bytes = static_cast<std::uint64_t>(config.get_long("millrace.streamed.transactions.max.bytes"))};
    r.max_retries = config.get_int("slot.max.retries");
    r.retry_delay = ms(config, "slot.retry.delay.ms");
    r.publication = config.get_string("publication.name");
    r.publication_mode = choose(config, "publication.autocreate.mode", publication_modes);
    r.via_partition_root = config.get_boolean("publish.via.partition.root");
    r.replica_identities = split_pairs(config.get_string("replica.identity.autoset.values"), ',', ':', warn,
                                       "replica.identity.autoset.values");
    r.retained_wal_interval = milliseconds(config.get_long("millrace.retained.wal.check.interval.ms"));
    r.retained_wal_warn_bytes = config.get_long("millrace.retained.wal.warn.bytes");
    r.advance_interval = milliseconds(config.get_int("slot.advance.interval.ms"));
    r.status_interval = milliseconds(config.get_int("status.update.interval.ms"));
    r.flush_mode = config.get_boolean("flush.lsn.source") ? LsnFlushMode::Connector : LsnFlushMode::Manual;
    if (config.has("lsn.flush.mode")) r.flush_mode = choose(config, "lsn.flush.mode", flush_modes);
    r.flush_timeout = ms(config, "lsn.flush.timeout.ms");
    r.on_flush_timeout = choose(config, "lsn.flush.timeout.action", flush_timeouts);
    r.activity_interval = ms(config, "internal.offset.activity.monitor.interval.ms");
    r.mismatch = choose(config, "offset.mismatch.strategy", mismatches);
    r.check_position = config.get_boolean("internal.log.position.check.enable");
    r.ddl_timeout = std::chrono::seconds(config.get_long("internal.create.slot.command.timeout"));
    r.xmin_interval = ms(config, "xmin.fetch.interval.ms");
}

/// The number between `before` and `after` in a setting's name, such as column.mask.with.N.chars.
std::optional<std::int32_t> number_between(std::string_view name, std::string_view before, std::string_view after) {
    if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size()) return {};
    const auto digits = name.substr(before.size(), name.size() - before.size() - after.size());
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return {};
    return value;
}

std::optional<ColumnMapping> mapping_of(std::string_view name) {
    using Kind = ColumnMapping::Kind;
    if (const auto n = number_between(name, "column.truncate.to.", ".chars")) {
        return ColumnMapping{.kind = Kind::Truncate, .length = *n};
    }
    if (const auto n = number_between(name, "column.mask.with.", ".chars")) {
        return ColumnMapping{.kind = Kind::Mask, .length = *n};
    }
    constexpr std::string_view hash = "column.mask.hash.";
    constexpr std::string_view v2 = "column.mask.hash.v2.";
    constexpr std::string_view with_salt = ".with.salt.";
    const auto salt = name.find(with_salt);
    if (!name.starts_with(hash) || salt == std::string_view::npos) return {};
    const auto begin = name.starts_with(v2) ? v2.size() : hash.size();
    if (salt < begin || salt + with_salt.size() == name.size()) return {};
    return ColumnMapping{.kind = name.starts_with(v2) ? Kind::HashV2 : Kind::Hash,
                         .algorithm = std::string(name.substr(begin, salt - begin)),
                         .salt = std::string(name.substr(salt + with_salt.size()))};
}

/// In the order in which Debezium comes upon them, that of a HashMap of all settings: the first that matches a column
/// counts.
void read_column_rules(const Config& config, SourceConfig& out) {
    const auto& settings = config.settings();
    std::vector<std::string> names;
    for (const auto& [name, value] : settings) {
        if (mapping_of(name)) names.push_back(name);
    }
    for (const auto& name : in_java_order(std::move(names), java_copy_capacity(settings.size()))) {
        const std::string_view columns = settings.at(name);
        out.column_rules.push_back({.mapping = *mapping_of(name), .columns = RegexList(columns)});
    }
    const ColumnMapping propagate{.kind = ColumnMapping::Kind::PropagateSourceType};
    for (const auto* key : {"column.propagate.source.type", "datatype.propagate.source.type"}) {
        const auto text = config.get_string(key);
        if (text.empty()) continue;
        out.column_rules.push_back({.mapping = propagate,
                                    .columns = RegexList(std::string_view(text)),
                                    .by_type = std::string_view(key).starts_with("datatype")});
    }
    std::ranges::stable_sort(out.column_rules, {}, [](const ColumnRule& rule) { return rule.mapping.kind; });
}

/// Blanks behind a table's pattern count, as they do for Debezium; those around a column's do not.
void read_key_columns(const Config& config, SourceConfig& out) {
    const auto text = config.get_string("message.key.columns");
    for (const auto part : java_split(text, ';')) {
        const auto colon = part.find(':');
        if (colon == std::string_view::npos) continue;
        for (const auto column : java_split(part.substr(colon + 1), ',')) {
            const auto pattern = fmt::format("{}.{}", part.substr(0, colon), trim(column));
            out.key_columns.emplace_back(trim(pattern), RegexOptions{.case_insensitive = true});
        }
    }
}

/// With names that Prometheus takes, and without those of other labels.
std::vector<std::pair<std::string, std::string>> metric_tags(const Config& config, const Warn& warn) {
    constexpr std::array taken = {"plugin", "name", "context",        "connector", "task",
                                  "table",  "key",  "aggregate_type", "type"};
    constexpr std::string_view setting = "custom.metric.tags";
    std::vector<std::pair<std::string, std::string>> tags;
    for (auto& [given, value] : split_pairs(config.get_string(setting), ',', '=', warn, setting)) {
        auto name = given;
        for (auto& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
        if (!name.empty() && name.front() >= '0' && name.front() <= '9') name.insert(0, "_");
        const auto is_taken = [&](const auto& tag) { return tag.first == name; };
        if (name.empty() || std::ranges::count(taken, name) > 0 || std::ranges::any_of(tags, is_taken)) {
            warn(fmt::format("{} has the tag '{}', but the metrics have a label '{}' already; it is ignored", setting,
                             given, name));
            continue;
        }
        tags.emplace_back(std::move(name), std::move(value));
    }
    return tags;
}

std::string skipped_operations(const Config& config) {
    std::string letters;
    for (const auto& operation : config.get_list("skipped.operations")) {
        if (lower(operation) != "none") letters += operation;
    }
    return letters;
}

void read_filters(const Config& config, SourceConfig& out) {
    const auto list = [&](std::string_view key) { return RegexList(std::string_view(config.get_string(key))); };
    out.filters.schemas = {.include = list("schema.include.list"), .exclude = list("schema.exclude.list")};
    out.filters.tables = {.include = list("table.include.list"), .exclude = list("table.exclude.list")};
    out.filters.columns = {.include = list("column.include.list"), .exclude = list("column.exclude.list")};
    out.filters.ignore_builtin = config.get_boolean("table.ignore.builtin");
    out.include_order = split_patterns(config.get_string("table.include.list"));
    out.message_prefix_include = list("message.prefix.include.list");
    out.message_prefix_exclude = list("message.prefix.exclude.list");
    out.filters.signal_table = config.get_string("signal.data.collection");
    out.guardrail_tables = config.get_int("guardrail.collections.max");
    out.guardrail_fails = lower(config.get_string("guardrail.collections.limit.action")) == "fail";
}

void read_runtime(const Config& config, SourceConfig& out) {
    out.tombstones_on_delete = config.get_boolean("tombstones.on.delete");
    out.skip_unchanged = config.get_boolean("skip.messages.without.change");
    out.transaction_metadata = config.get_boolean("provide.transaction.metadata");
    out.extended_headers = config.get_boolean("extended.headers.enabled");
    out.on_event_failure = choose(config, "event.processing.failure.handling.mode", failure_handlings);
    out.heartbeat_interval = milliseconds(config.get_int("heartbeat.interval.ms"));
    const bool by_driver = out.replication.flush_mode == LsnFlushMode::ConnectorAndDriver;
    if (by_driver && out.heartbeat_interval == milliseconds::zero() && !out.transaction_metadata) {
        out.heartbeat_interval = heartbeat_with_driver;
    }
    out.heartbeat_query = config.get_string("heartbeat.action.query");
    out.max_batch_records = static_cast<std::size_t>(config.get_int("max.batch.size"));
    out.max_queue_records = static_cast<std::size_t>(config.get_int("max.queue.size"));
    out.max_queue_bytes = static_cast<std::size_t>(config.get_long("max.queue.size.in.bytes"));
    out.max_retries = config.get_int("errors.max.retries");
    if (const auto pattern = config.get_string("internal.custom.retriable.exception"); !pattern.empty()) {
        out.retriable = RegexList(std::vector{".*(" + pattern + ").*"});
    }
    out.restart_wait = ms(config, "retriable.restart.connector.wait.ms");
    out.validation_timeout = ms(config, "connection.validation.timeout.ms");
}

}

std::string_view to_string(OutputPlugin plugin) noexcept { return plugins[static_cast<std::size_t>(plugin)].name; }

SourceConfig parse_config(const Settings& given, const Warn& warn) {
    const auto settings = translate_old_names(given, warn);
    std::string problems;
    for (const auto& value : validate_config(settings)) {
        for (const auto& error : value.errors) problems += (problems.empty() ? "" : "\n") + error;
    }
    if (!problems.empty()) throw ConfigException(problems);
    const Config config(config_keys(), settings);
    SourceConfig out;
    out.connection = connection_settings(settings, warn);
    read_topics(config, out.topics);
    read_types(config, out.types);
    read_snapshot(config, out.snapshot);
    read_replication(config, warn, out.replication);
    read_filters(config, out);
    read_column_rules(config, out);
    read_key_columns(config, out);
    out.reselects = reselect_configs(config.settings());
    read_runtime(config, out);
    read_signals(config, warn, out);
    warn_of_settings_without_effect(config, warn);
    out.metric_tags = metric_tags(config, warn);
    out.signals.insert_delete = choose(config, "incremental.snapshot.watermarking.strategy", watermarkings);
    out.skipped_operations = skipped_operations(config);
    out.row_settings = fingerprint_of_rows(settings);
    if (config.has("skipped.operations") && !out.skipped_operations.empty()) {
        out.replication.publish = publish_list(out.skipped_operations);
    }
    return out;
}

}
