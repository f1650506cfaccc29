/// The connector's settings: checked, old names translated, parsed into one struct.
///
/// Input   the settings of a connector or of its task, as the worker has them.
/// Output  SourceConfig, or the list of everything that is wrong with them in Debezium's words.
/// Throws  ConfigException from parse_config, with every message.
/// Facts   Debezium 3.7, "PostgreSQL connector properties".
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/decoding/decoder.hpp"
#include "connectors/postgres/decoding/streamed_transactions.hpp"
#include "connectors/postgres/source/filters.hpp"
#include "connectors/postgres/types/column.hpp"
#include "connectors/postgres/types/type_options.hpp"
#include "connectors/support/name_adjustment.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace millrace::postgres {

enum class SnapshotMode : std::uint8_t { Always, Initial, InitialOnly, NoData, WhenNeeded, ConfigurationBased };
enum class SnapshotIsolation : std::uint8_t { Serializable, RepeatableRead, ReadCommitted, ReadUncommitted };
enum class PublicationMode : std::uint8_t { AllTables, Disabled, Filtered, NoTables };
enum class LsnFlushMode : std::uint8_t { Connector, Manual, ConnectorAndDriver };
enum class OffsetMismatch : std::uint8_t { NoValidation, TrustOffset, TrustSlot, TrustGreaterLsn };
enum class FlushTimeout : std::uint8_t { Fail, Warn, Ignore };
enum class FailureHandling : std::uint8_t { Fail, Warn, Skip };

struct SnapshotConfig {
    SnapshotMode mode = SnapshotMode::Initial;
    SnapshotIsolation isolation = SnapshotIsolation::Serializable;
    bool lock_tables = false;
    std::chrono::milliseconds lock_timeout{10'000};
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds streaming_delay{0};
    enum class Order : std::uint8_t { AsListed, FewestRowsFirst, MostRowsFirst } order = Order::AsListed;
    int threads = 1;  ///< tables that are read at once
    std::int64_t resume_bytes =
        0;  ///< of a table, after which an interrupted snapshot can go on; 0: tables alone count
    std::vector<std::string> include_collections = {};
    std::map<std::string, std::string> overrides = {};  ///< "schema.table" to SELECT
    // What configuration_based is based on.
    bool based_snapshot_data = false;
    bool based_start_stream = false;
    bool based_on_data_error = false;
};

struct TopicConfig {
    std::string prefix = {};
    std::string delimiter = ".";
    std::string heartbeat = {};  ///< whole names
    std::string transaction = {};
    bool unicode = false;    ///< a ...Unicode... strategy
    std::string regex = {};  ///< of a ...Regex... strategy; empty: none
    std::string replacement = {};
    bool with_schema = true;     ///< false: a ...Default... strategy, whose topics have no schema in their names
    std::string key_field = {};  ///< empty: keys of merged tables are not told apart
    std::string key_field_regex = {};
    std::string key_field_replacement = {};
    NameAdjustment schema_names = NameAdjustment::None;
    NameAdjustment field_names = NameAdjustment::None;
};

struct ReplicationConfig {
    std::string slot = "debezium";
    OutputPlugin plugin = OutputPlugin::PgOutput;
    bool drop_slot_on_stop = false;
    bool failover = false;
    int max_retries = 6;
    std::vector<std::pair<std::string, std::string>> stream_params = {};
    SpillLimits spill = {};  ///< of transactions that are streamed before they commit
    std::chrono::milliseconds retry_delay{10'000};
    std::string publication = "dbz_publication";
    PublicationMode publication_mode = PublicationMode::AllTables;
    bool via_partition_root = false;
    std::optional<std::string> publish = {};  ///< of publications made here; none: PostgreSQL's default
    std::vector<std::pair<std::string, std::string>> replica_identities = {};  ///< table regex, wanted identity
    std::chrono::milliseconds status_interval{10'000};
    std::chrono::milliseconds advance_interval{10'000};  ///< without records, until the offset moves on alone
    LsnFlushMode flush_mode = LsnFlushMode::Connector;
    std::chrono::milliseconds flush_timeout{30'000};
    FlushTimeout on_flush_timeout = FlushTimeout::Fail;
    OffsetMismatch mismatch = OffsetMismatch::NoValidation;
    bool check_position = true;
    std::chrono::milliseconds ddl_timeout{90'000};
    std::chrono::milliseconds xmin_interval{0};
    std::chrono::milliseconds activity_interval{600'000};  ///< of looking whether the position moves; 0: never
    std::chrono::milliseconds retained_wal_interval{10'000};
    std::int64_t retained_wal_warn_bytes = 0;  ///< 0: no warning
};

/// How users talk to a running connector, and the incremental snapshots that they ask for.
struct SignalConfig {
    bool source = true;  ///< channels
    bool kafka = false;
    bool file = false;
    std::string table = {};  ///< signal.data.collection: "schema.table", always captured
    std::chrono::milliseconds poll_interval{5000};
    std::string file_name = {};
    std::string topic = {};
    Settings consumer = {};  ///< of the topic, as Kafka's Java consumer has them
    int chunk_size = 1024;
    bool insert_delete = false;  ///< the watermark's second half is a DELETE
    bool read_only = false;      ///< no watermarks are written
    int emit_retries = 0;        ///< -1: no end
    std::chrono::milliseconds emit_back_off{10'000};
};

struct NotificationConfig {
    bool sink = false;  ///< channels
    bool log = false;
    bool http = false;
    std::string topic = {};
    std::string url = {};  ///< of http, as all that follows
    std::chrono::milliseconds timeout{5000};
    int retries = 2;
    bool allow_private_networks = false;
};

/// One line of column.mask..., column.truncate... or ...propagate.source.type.
struct ColumnRule {
    ColumnMapping mapping;
    RegexList columns;  ///< on schema.table.column; on schema.table.TYPE where `by_type`
    bool by_type = false;
};

/// A ReselectColumnsPostProcessor. Columns are named schema.table:column.
struct ReselectConfig {
    RegexList include = {};
    RegexList exclude = {};
    bool unavailable_values = true;
    bool null_values = true;
    bool by_event_key = false;  ///< else by the primary key
    bool fails = false;         ///< the task, if a statement does
};

struct SourceConfig {
    ConnectionSettings connection = {};
    std::chrono::milliseconds validation_timeout{60'000};
    TopicConfig topics = {};
    TypeOptions types = {};
    SnapshotConfig snapshot = {};
    ReplicationConfig replication = {};
    TableFilters filters = {};
    std::vector<std::string> include_order = {};  ///< table.include.list as given: the order of the snapshot
    std::vector<ColumnRule> column_rules = {};
    std::vector<Regex> key_columns = {};         ///< message.key.columns: patterns of schema.table.column
    std::vector<ReselectConfig> reselects = {};  ///< post.processors
    RegexList message_prefix_include = {};
    RegexList message_prefix_exclude = {};
    std::string skipped_operations = "t";  ///< letters of c, u, d, t, r
    bool tombstones_on_delete = true;
    bool skip_unchanged = false;
    bool transaction_metadata = false;
    bool extended_headers = true;
    FailureHandling on_event_failure = FailureHandling::Fail;
    std::chrono::milliseconds heartbeat_interval{0};  ///< 0: no heartbeats
    std::string heartbeat_query = {};
    std::size_t max_batch_records = 2048;
    std::size_t max_queue_records = 8192;
    std::size_t max_queue_bytes = 0;  ///< 0: the default bound
    int max_retries = -1;             ///< of errors; -1: no end
    RegexList retriable = {};         ///< messages of errors that are worth a retry, too
    std::chrono::milliseconds restart_wait{10'000};
    SignalConfig signals = {};
    NotificationConfig notifications = {};
    std::string row_settings = {};  ///< fingerprint of the settings that shape the rows
    int guardrail_tables = 0;       ///< 0: none
    bool guardrail_fails = false;
    std::vector<std::pair<std::string, std::string>> metric_tags = {};  ///< custom.metric.tags, as labels of metrics
};

/// As the server knows it.
std::string_view to_string(OutputPlugin plugin) noexcept;

using Warn = std::function<void(const std::string&)>;

/// Settings written for Debezium 1.2 and later in today's names. Where both stand the new one wins. One warning for
/// each old name.
Settings translate_old_names(Settings settings, const Warn& warn);

/// Every key of the table with its problems, without touching the network.
std::vector<ConfigValue> validate_config(const Settings& settings);

/// Why a value that names a Java class cannot be had; empty: it is no such setting, or has its usual value.
std::string java_class_problem(std::string_view key, std::string_view value);
/// A line for each setting that is given and changes nothing here.
void warn_of_settings_without_effect(const Config& config, const Warn& warn);

/// Whether the notification channel http is on.
bool posts_notifications(const Settings& settings);

/// Why notifications cannot be posted to notification.http.url, apart from where its host is; empty: they can.
std::string notification_url_problem(const Settings& settings);

/// Throws what Debezium's task fails with if topic.naming.strategy cannot make topics of topic.*, or is no class that
/// is known here.
void check_topics(const Config& config);

/// The settings signal.*, incremental.* and notification.*.
void read_signals(const Config& config, const Warn& warn, SourceConfig& out);

/// Changes with every setting that may shape a row: whatever is not known to have nothing to do with rows.
std::string fingerprint_of_rows(const Settings& settings);

SourceConfig parse_config(const Settings& settings, const Warn& warn);

/// libpq's view of the database.* and driver.* settings.
ConnectionSettings connection_settings(const Settings& settings, const Warn& warn);

}
