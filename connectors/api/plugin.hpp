/// The plugin boundary: everything that a connector, converter, transformation, predicate or config provider is, and
/// how a shared object offers them. Plugins see the Connect data model and nothing of Kafka, HTTP or the worker.
///
/// A plugin library has one C symbol, millrace_plugin_manifest, that returns its PluginManifest. Promise: same compiler
/// family and equal plugin_abi; interfaces grow at the end only; what crosses is declared in connectors/api.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/log.hpp"
#include "connectors/api/metrics.hpp"
#include "connectors/api/record.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// Raised with every change that breaks compiled plugins. A library of another number is refused by name.
inline constexpr std::uint32_t plugin_abi = 4;

class Plugin {
public:
    Plugin() = default;
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;
    virtual ~Plugin() = default;
};

/// What the worker gives to a running Connector. Valid from start() to the end of stop(); safe from any thread.
class ConnectorContext {
public:
    virtual ~ConnectorContext() = default;
    virtual const Logger& logger() const noexcept = 0;
    virtual void request_task_reconfiguration() = 0;
    virtual void raise_error(std::string message) = 0;  ///< the connector becomes FAILED
};

/// Splits work into tasks. start, validate, task_configs and stop run on a pool thread with a deadline.
class Connector : public Plugin {
public:
    virtual void start(const Settings& settings, ConnectorContext& context) = 0;
    virtual void stop() noexcept = 0;
    virtual std::vector<Settings> task_configs(int max_tasks) = 0;
    /// The Java class name that stands in the task configuration ("task.class").
    virtual std::string task_class() const = 0;
    /// The connector's own checks, connections included; the default checks the table of settings only.
    virtual std::vector<ConfigValue> validate(const Settings& settings) {
        return ConfigDef(config_keys()).validate(settings);
    }
    virtual std::span<const ConfigKey> config_keys() const noexcept = 0;
};

enum class ExactlyOnceSupport : std::uint8_t { Undeclared, Supported, Unsupported };

class SourceTask;
class SourceConnector : public Connector {
public:
    virtual std::unique_ptr<SourceTask> make_task() const = 0;
    virtual ExactlyOnceSupport exactly_once_support(const Settings&) const { return ExactlyOnceSupport::Undeclared; }
    /// Checks offsets that a user wants to set; true if the connector takes them over.
    virtual bool alter_offsets(const Settings&, std::span<const std::pair<OffsetMap, std::optional<OffsetMap>>>) {
        return false;
    }
    /// Whether its tasks use TransactionContext, so that transaction.boundary=connector makes sense.
    virtual bool can_define_transaction_boundaries(const Settings&) const { return false; }
};

/// How a task says where its transactions end (transaction.boundary=connector). For the task's thread. Records of an
/// aborted transaction are never seen by consumers that read what is committed; their offsets are stored all the same.
class TransactionContext {
public:
    virtual ~TransactionContext() = default;
    /// After the batch that the running poll() returns.
    virtual void commit_transaction() = 0;
    virtual void abort_transaction() = 0;
    /// After the record with this index in that batch.
    virtual void commit_transaction_after(std::size_t record) = 0;
    virtual void abort_transaction_after(std::size_t record) = 0;
};

/// A record of a topic that a connector is told things through.
struct TopicMessage {
    std::optional<std::string> key;
    std::optional<std::string> value;
};

/// Reads such a topic. Belongs to one thread at a time.
class TopicReader {
public:
    virtual ~TopicReader() = default;
    /// What has come; waits up to `wait` for the first. Throws ConnectException if the topic cannot be read.
    virtual std::vector<TopicMessage> poll(std::chrono::milliseconds wait) = 0;
    /// What poll() gave is not given again after a restart.
    virtual void commit() = 0;
};

/// What the worker gives to a SourceTask. Valid from start() to the end of stop().
class SourceTaskContext {
public:
    virtual ~SourceTaskContext() = default;
    virtual const Logger& logger() const noexcept = 0;
    virtual std::string_view connector_name() const noexcept = 0;
    virtual int task_id() const noexcept = 0;
    /// The stored offset of a partition, or none. Blocks until the offsets topic was read to its end. From any thread.
    virtual std::optional<OffsetMap> offset(OffsetEntries partition) = 0;
    /// Reads the first partition of a topic from where its group has committed, or its beginning. `client`: settings of
    /// Kafka's Java consumer, bootstrap.servers and group.id among them. From any thread.
    virtual std::unique_ptr<TopicReader> read_topic(const std::string& topic, const Settings& client) {
        (void)client;
        throw ConnectException("There are no topics here to read " + topic + " from");
    }
    /// Null unless the task's records are written exactly once and transaction.boundary is connector.
    virtual TransactionContext* transaction_context() noexcept { return nullptr; }
    /// Metrics of this task from now to the end of stop(); the worker adds the labels connector and task.
    virtual void publish_metrics(MetricCollector collector) { (void)collector; }
};

/// Does the work of one task. Every call comes from the task's own thread, so no locks are needed.
class SourceTask : public Plugin {
public:
    virtual void start(const Settings& settings, SourceTaskContext& context) = 0;
    /// The next records, as soon as there are some: no fixed sleeps. Returns empty after `max_wait` without any, and
    /// soon after `stop` is requested. Throws RetriableException to be called again after a back-off.
    virtual SourceBatch poll(std::stop_token stop, std::chrono::milliseconds max_wait) = 0;
    /// The offset of this source partition is durably stored in Kafka: everything up to it may be discarded.
    virtual void offset_committed(OffsetEntries partition, OffsetEntries offset) { (void)partition, (void)offset; }
    virtual void stop() noexcept = 0;
};

/// Takes records that the task itself could not deliver, as errors.tolerance and the dead letter queue have it.
class ErrantRecordReporter {
public:
    virtual ~ErrantRecordReporter() = default;
    /// `record` is one that the running put() was given. Its offset is committed only after the dead letter queue has
    /// it. `error` is usually std::current_exception(). Throws ConnectException if errors.tolerance does not allow to
    /// go on.
    virtual void report(const SinkRecord& record, std::exception_ptr error) = 0;
};

/// What the worker gives to a SinkTask. Valid from start() to the end of stop(); for the task's thread.
class SinkTaskContext {
public:
    virtual ~SinkTaskContext() = default;
    virtual const Logger& logger() const noexcept = 0;
    virtual std::string_view connector_name() const noexcept = 0;
    virtual int task_id() const noexcept = 0;
    /// The partitions that are this task's now.
    virtual std::vector<TopicPartition> assignment() const = 0;
    /// Consuming goes on from these offsets after the call that is running, as if they were the committed ones.
    virtual void rewind(const TopicOffsets& offsets) = 0;
    /// put() is called again after this time at the latest, with the same batch if it threw RetriableException.
    virtual void set_timeout(std::chrono::milliseconds timeout) = 0;
    /// No more records of these partitions until resume().
    virtual void pause(std::span<const TopicPartition> partitions) = 0;
    virtual void resume(std::span<const TopicPartition> partitions) = 0;
    /// Offsets are committed before the next records are given.
    virtual void request_commit() = 0;
    /// Null if neither a dead letter queue nor errors.log.enable is configured.
    virtual ErrantRecordReporter* errant_record_reporter() noexcept = 0;
    /// Metrics of this task from now to the end of stop(); the worker adds the labels connector and task.
    virtual void publish_metrics(MetricCollector collector) { (void)collector; }
};

/// Does the work of one task. Every call comes from the task's own thread, so no locks are needed.
class SinkTask : public Plugin {
public:
    virtual void start(const Settings& settings, SinkTaskContext& context) = 0;
    /// These partitions are the task's from now on; their records follow.
    virtual void open(std::span<const TopicPartition> partitions) { (void)partitions; }
    /// These partitions are the task's no longer, or the task is about to stop.
    virtual void close(std::span<const TopicPartition> partitions) { (void)partitions; }
    /// Records in the order of their partitions; none when a time-out of the context or the commit's time has come.
    /// They live until the call returns. Throws RetriableException to be given the same records again.
    virtual void put(std::span<const SinkRecord> records) = 0;
    /// Everything before these offsets is to be safe when this returns.
    virtual void flush(const TopicOffsets& offsets) { (void)offsets; }
    /// What may be committed of `offsets`, which stand behind the records that put() took; empty: nothing now.
    /// Throws to have everything since the last commit delivered again.
    virtual TopicOffsets pre_commit(const TopicOffsets& offsets) {
        flush(offsets);
        return offsets;
    }
    virtual void stop() noexcept = 0;
};

class SinkConnector : public Connector {
public:
    virtual std::unique_ptr<SinkTask> make_task() const = 0;
    /// Checks offsets that a user wants to set (none: to be forgotten); true if the connector takes them over.
    virtual bool alter_offsets(const Settings&,
                               std::span<const std::pair<TopicPartition, std::optional<std::int64_t>>>) {
        return false;
    }
};

/// Converts between Connect values and the bytes in a topic.
class Converter : public Plugin {
public:
    virtual void configure(const Settings& settings, bool is_key) = 0;
    /// Appends the bytes to `out` and returns true; false means a null key or value (a tombstone).
    virtual bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                                   std::string& out) = 0;
    /// `data` none is a null; strings of the result may point into `data` and lie in `arena` otherwise.
    virtual SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data,
                                           Arena& arena) = 0;
    virtual std::span<const ConfigKey> config_keys() const noexcept { return {}; }
};

class HeaderConverter : public Plugin {
public:
    virtual void configure(const Settings& settings) = 0;
    virtual bool from_connect_header(std::string_view topic, std::string_view key, const SchemaPtr& schema,
                                     const Value& value, std::string& out) = 0;
    virtual SchemaAndValue to_connect_header(std::string_view topic, std::string_view key,
                                             std::optional<std::string_view> data, Arena& arena) = 0;
    virtual std::span<const ConfigKey> config_keys() const noexcept { return {}; }
};

class Transformation : public Plugin {
public:
    virtual void configure(const Settings& settings) = 0;
    /// Changes the record in place, with new values from `arena`; false drops it.
    virtual bool apply(ConnectRecord& record, Arena& arena) = 0;
    virtual std::span<const ConfigKey> config_keys() const noexcept = 0;
    /// Called once, before configure().
    virtual void use_logger(const Logger& logger) { (void)logger; }
};

class Predicate : public Plugin {
public:
    virtual void configure(const Settings& settings) = 0;
    virtual bool test(const ConnectRecord& record) = 0;
    virtual std::span<const ConfigKey> config_keys() const noexcept = 0;
};

class ConfigProvider : public Plugin {
public:
    virtual void configure(const Settings& settings) = 0;
    /// The values of `keys` at `path`; keys that are not there are left out.
    virtual Settings get(std::string_view path, std::span<const std::string> keys) = 0;
};

struct ProvidedConfig {
    Settings values;
    std::optional<std::chrono::milliseconds> ttl = {};  ///< after which they may be others; none: not known
};

/// A provider whose values expire: connectors that use them are restarted then, unless config.action.reload=none.
class ExpiringConfigProvider : public ConfigProvider {
public:
    virtual ProvidedConfig get_expiring(std::string_view path, std::span<const std::string> keys) = 0;
    Settings get(std::string_view path, std::span<const std::string> keys) final {
        return get_expiring(path, keys).values;
    }
};

/// In the order in which /connector-plugins lists them.
enum class PluginType : std::uint8_t {
    Sink,
    Source,
    Transformation,
    Predicate,
    Converter,
    HeaderConverter,
    ConfigProvider
};

struct PluginDescriptor {
    PluginType type;
    std::string_view class_name;  ///< the Java class name that users' configurations hold
    std::string_view version;
    std::unique_ptr<Plugin> (*create)();
};

template <class T>
std::unique_ptr<Plugin> create_plugin() {
    return std::make_unique<T>();
}

/// `abi` stays the first field for ever: it is read before anything else.
struct PluginManifest {
    std::uint32_t abi;
    std::string_view name;
    std::span<const PluginDescriptor> plugins;
};

}
/// Exports a PluginManifest of static life as this library's; once a library, outside of any namespace.
#define MILLRACE_PLUGIN(manifest)                                                                                    \
    extern "C" __attribute__((visibility("default"))) const ::millrace::PluginManifest* millrace_plugin_manifest() { \
        return &(manifest);                                                                                          \
    }
