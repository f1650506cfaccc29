// Queues, retries, limits and heartbeats. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr KeyRow advanced_table[] = {
    {"retriable.restart.connector.wait.ms", "Retriable restart wait (ms)", ConfigType::Long, "10000", Importance::Low,
     Width::Medium, "Time to wait before restarting connector after retriable exception occurs. Defaults to 10000ms."},
    {"max.queue.size", "Change event buffer size", ConfigType::Int, "8192", Importance::Medium, Width::Short,
     "Maximum size of the queue for change events read from the database log but not yet recorded or forwarded. "
     "Defaults to 8192, and should always be larger than the maximum batch size."},
    {"max.batch.size", "Change event batch size", ConfigType::Int, "2048", Importance::Medium, Width::Short,
     "Maximum size of each batch of source records. Defaults to 2048."},
    {"poll.interval.ms", "Poll interval (ms)", ConfigType::Long, "500", Importance::Medium, Width::Short,
     "Time to wait for new change events to appear after receiving no events, given in milliseconds. Defaults to 500 "
     "ms. Values will be capped at 5000 ms."},
    {"max.queue.size.in.bytes", "Change event buffer size in bytes", ConfigType::Long, "0", Importance::Medium,
     Width::Long,
     "Maximum size of the queue in bytes for change events read from the database log but not yet recorded or "
     "forwarded. Defaults to 0. Mean the feature is not enabled"},
    {"event.processing.failure.handling.mode", "Event deserialization failure handling", ConfigType::String, "fail",
     Importance::Medium, Width::Short,
     "Specify how failures during processing of events (i.e. when encountering a corrupted event) should be handled, "
     "including: 'fail' (the default) an exception indicating the problematic event and its position is raised, "
     "causing the connector to be stopped; 'warn' the problematic event and its position will be logged and the event "
     "will be skipped; 'ignore' the problematic event will be skipped."},
    {"errors.max.retries", "The maximum number of retries", ConfigType::Int, "-1", Importance::Low, Width::Medium,
     "The maximum number of retries on connection errors before failing (-1 = no limit, 0 = disabled, > 0 = num of "
     "retries)."},
    {"internal.log.position.check.enable", "Enable/Disable log position check", ConfigType::Boolean, "true",
     Importance::Medium, Width::Medium,
     "When enabled the connector checks if the position stored in the offset is still available in the log"},
    {"internal.advanced.metrics.enable", "Enable/Disable advance metrics", ConfigType::Boolean, "false",
     Importance::Medium, Width::Medium, "When enabled the connector will emit advanced streaming metrics"},
    {"connection.validation.timeout.ms", "Connection validation timeout (ms)", ConfigType::Long, "60000",
     Importance::Low, Width::Short,
     "The maximum time in milliseconds to wait for connection validation to complete. Defaults to 60 seconds."},
    {"executor.shutdown.timeout.ms", "Executor shutdown timeout (ms)", ConfigType::Long, "4000", Importance::Medium,
     Width::Medium, "The maximum time in milliseconds to wait for task executor to shut down."},
    {"openlineage.integration.enabled", "Enables OpenLineage integration", ConfigType::Boolean, "false",
     Importance::Low, Width::Short, "Enable Debezium to emit data lineage metadata through OpenLineage API"},
    {"openlineage.integration.config.file.path", "Path to OpenLineage file configuration", ConfigType::String,
     "./openlineage.yml", Importance::Low, Width::Long,
     "Path to OpenLineage file configuration. See https://openlineage.io/docs/client/java/configuration"},
    {"openlineage.integration.job.namespace", "Namespace used for Debezium job", ConfigType::String, no_default,
     Importance::Low, Width::Long, "The job's namespace emitted by Debezium"},
    {"openlineage.integration.job.description", "Description used for Debezium job", ConfigType::String,
     "Debezium change data capture job", Importance::Low, Width::Long, "The job's description emitted by Debezium"},
    {"openlineage.integration.job.tags", "Debezium job tags", ConfigType::List, no_default, Importance::Low,
     Width::Long,
     "The job's tags emitted by Debezium. A comma-separated list of key-value pairs.For example: k1=v1,k2=v2"},
    {"openlineage.integration.job.owners", "Debezium job owners", ConfigType::List, no_default, Importance::Low,
     Width::Long,
     "The job's owners emitted by Debezium. A comma-separated list of key-value pairs.For example: k1=v1,k2=v2"},
    {"openlineage.integration.dataset.kafka.bootstrap.servers",
     "Kafka bootstrap server used in Kafka Connect deployment", ConfigType::String, no_default, Importance::Low,
     Width::Long, "The Kafka bootstrap server address used as input/output namespace/"},
    {"extended.headers.enabled", "Enable/Disable extended headers", ConfigType::Boolean, "true", Importance::Low,
     Width::Short,
     "Enable/Disable Debezium context headers that provides essential metadata for tracking and identifying the source "
     "of CDC events in downstream processing systems."},
    {"guardrail.collections.max", "Maximum number of collections or tables", ConfigType::Int, "0", Importance::Medium,
     Width::Short,
     "The maximum number of collections or tables that can be captured by the connector. When this limit is exceeded, "
     "the action specified by 'guardrail.collections.limit.action' will be taken. Set to 0 to disable this guardrail."},
    {"guardrail.collections.limit.action", "Guardrail collections limit action", ConfigType::String, "warn",
     Importance::Medium, Width::Short,
     "Specify the action to take when a guardrail collections limit is exceeded: 'warn' (the default) logs a warning "
     "message and continues processing; 'fail' stops the connector with an error."},
    {"custom.sanitize.pattern", "Custom pattern for masking sensitive configuration", ConfigType::String,
     ".*secret$|.*password$|.*sasl\\.jaas\\.config$|.*basic\\.auth\\.user\\.info|.*registry\\.auth\\."
     "client-secret|.*credentials\\.json$|.*connectionstring$|.*connection\\.string$",
     Importance::Low, Width::Long,
     "Regular expression identifying configuration keys whose values should be masked. When set, this custom pattern "
     "replaces Debezium’s default password masking pattern."},
    {"signal.emit.failure.max.retries", "Signal emit window event failure maximum retries", ConfigType::Int, "0",
     Importance::Medium, Width::Short,
     "The maximum number of retries after encountering an error emitting a window event (-1 = no limit, 0 = disabled, "
     "> 0 = num of retries). Defaults to 0."},
    {"signal.emit.failure.backoff.ms", "Signal emit window event failure backoff time in ms", ConfigType::Long, "10000",
     Importance::Medium, Width::Short,
     "Duration to sleep for after encountering an error emitting a window event, given in milliseconds. Defaults to 10 "
     "seconds."},
    {"statistics.metrics.enabled", "Enable collecting statistics metrics like latencies", ConfigType::Boolean, "true",
     Importance::Medium, Width::Short,
     "Enable to collect various kind of statistics, like latencies in record processing, and derived data like "
     "quantiles. By default collecting statistics is enabled."},
    {"internal.offset.activity.monitor.interval.ms", "Offset activity monitor interval (ms)", ConfigType::Long,
     "600000", Importance::Low, Width::Medium,
     "The interval in milliseconds at which the connector checks for stale offsets during streaming. A value of 0 "
     "disables the checks."},
    {"custom.metric.tags", "Customize metric tags", ConfigType::List, no_default, Importance::Low, Width::Medium,
     "A comma-separated list of key-value pairs that are appended to the MBean object name. Keys must be valid JMX "
     "ObjectName property keys. For example: k1=v1,k2=v2"},
    {"internal.signal.synchronous.batch.size", "Synchronous signal batch size", ConfigType::Int, "10", Importance::Low,
     Width::Short,
     "The maximum number of synchronous signals the streaming thread executes each time it processes pending signals. "
     "Any remainder is executed on subsequent iterations. Defaults to 10."},
    {"internal.signal.processor.semaphore.wait.ms", "Signal processor semaphore wait time (ms)", ConfigType::Long,
     "10000", Importance::Low, Width::Short,
     "The maximum time in milliseconds the signal processor waits to acquire its internal lock before skipping a "
     "signal processing cycle. Defaults to 10 seconds."},
};

constexpr KeyRow advanced_heartbeat_table[] = {
    {"heartbeat.interval.ms", "Connector heartbeat interval (milli-seconds)", ConfigType::Int, "0", Importance::Medium,
     Width::Medium,
     "Length of an interval in milli-seconds in in which the connector periodically sends heartbeat messages to a "
     "heartbeat topic. Use 0 to disable heartbeat messages. Disabled by default."},
    {"heartbeat.topics.prefix", "A prefix used for naming of heartbeat topics", ConfigType::String,
     "__debezium-heartbeat", Importance::Low, Width::Medium,
     "The prefix that is used to name heartbeat topics.Defaults to __debezium-heartbeat."},
    {"signal.poll.interval.ms", "Signal processor poll interval", ConfigType::Long, "5000", Importance::Medium,
     Width::Short,
     "Interval for looking for new signals in registered channels, given in milliseconds. Defaults to 5 seconds."},
    {"heartbeat.action.query", "An optional query to execute with every heartbeat", ConfigType::String, no_default,
     Importance::Low, Width::Medium, "The query executed with every heartbeat."},
};

}

std::span<const KeyRow> advanced_rows() noexcept { return advanced_table; }
std::span<const KeyRow> advanced_heartbeat_rows() noexcept { return advanced_heartbeat_table; }

}
