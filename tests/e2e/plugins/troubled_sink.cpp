/// Plugins that go wrong on demand, for tests of the worker: a sink, a source that ends its own transactions, and a
/// transformation. What the sink has taken stands in the file `out`, a line "topic partition offset value" each; with
/// `buffered` it stays in memory until flush().
#include "connectors/api/plugin.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <utility>

namespace troubled {

using namespace millrace;

constexpr ConfigKey keys[] = {
    {.name = "out", .default_value = required, .doc = "The file that records are appended to."},
    {.name = "buffered", .type = ConfigType::Boolean, .default_value = "false", .doc = "Write in flush() only."},
    {.name = "retriable.every", .type = ConfigType::Int, .default_value = "0", .doc = "Every so many put() fail once."},
    {.name = "flush.fails.every", .type = ConfigType::Int, .default_value = "0", .doc = "Every so many flush() fail."},
    {.name = "fatal.value", .doc = "The record of this value ends the task."},
    {.name = "fatal.once", .doc = "A file: only the task that removes it is ended by fatal.value."},
    {.name = "report.value", .doc = "The record of this value is reported."},
    {.name = "report.own", .doc = "With it a record of this value, which nobody gave to put()."},
    {.name = "rewind.once", .doc = "A file: who removes it wants its first records again, a commit, and then ends."},
    {.name = "rewind.to.start", .doc = "A file: who removes it wants everything again, from offset 0 on."},
    {.name = "rewind.offset", .type = ConfigType::Long, .default_value = "0", .doc = "Instead of rewind.to.start's 0."},
    {.name = "rewind.topic", .doc = "The first partition of this topic is wanted again, as are the first records."},
    {.name = "rewind.every",
     .type = ConfigType::Int,
     .default_value = "0",
     .doc = "Every so many put() ask for theirs "
            "and ten records more again. Lines 'again/TOPIC PARTITION OFFSET -' tell of it, 'start/ 0 0 -' of each "
            "start."},
    {.name = "retriable.timeout",
     .type = ConfigType::Int,
     .default_value = "20",
     .doc = "So many milliseconds later put() that fails so is to be called again."},
    {.name = "retriable.while", .doc = "A file: as long as it is there, put() fails and is to be called again."},
    {.name = "hold.while", .doc = "A FIFO: put() waits for its writer; FILE.held says that it waits."},
    {.name = "count.puts", .doc = "A file that each put() adds a byte to, records or none."},
    {.name = "close.fails",
     .type = ConfigType::Boolean,
     .default_value = "false",
     .doc = "And 'opened' tells of open()."},
    {.name = "keep.back", .type = ConfigType::Int, .default_value = "0", .doc = "So many may not be committed."},
    {.name = "request.commit", .type = ConfigType::Boolean, .default_value = "false", .doc = "After each put()."},
    {.name = "more.tasks", .type = ConfigType::Int, .default_value = "0", .doc = "So many tasks beyond tasks.max."},
    {.name = "pause.topic", .doc = "The first partition of this topic is paused; what that brings is appended."},
};

class TroubledTask final : public SinkTask {
public:
    void start(const Settings& settings, SinkTaskContext& context) override {
        const auto config = ConfigDef(keys).parse(settings);
        context_ = &context;
        out_.open(config.get_string("out"), std::ios::app);
        buffered_ = config.get_boolean("buffered");
        retriable_every_ = config.get_int("retriable.every");
        flush_fails_every_ = config.get_int("flush.fails.every");
        fatal_ = config.find("fatal.value");
        fatal_once_ = config.find("fatal.once");
        report_ = config.find("report.value");
        report_own_ = config.find("report.own");
        rewind_once_ = config.find("rewind.once");
        pause_topic_ = config.find("pause.topic");
        rewind_to_start_ = config.find("rewind.to.start");
        rewind_offset_ = config.get_long("rewind.offset");
        rewind_topic_ = config.find("rewind.topic");
        rewind_every_ = config.get_int("rewind.every");
        if (rewind_every_ > 0) out_ << "start/ 0 0 -\n" << std::flush;
        retriable_timeout_ = std::chrono::milliseconds(config.get_int("retriable.timeout"));
        retriable_while_ = config.find("retriable.while");
        hold_while_ = config.find("hold.while");
        if (const auto count = config.find("count.puts")) count_.open(*count, std::ios::app);
        close_fails_ = config.get_boolean("close.fails");
        keep_back_ = config.get_int("keep.back");
        request_commit_ = config.get_boolean("request.commit");
    }
    void put(std::span<const SinkRecord> records) override {
        if (count_.is_open()) count_ << '.' << std::flush;
        if (records.empty()) return;
        if (retriable_every_ > 0 && ++puts_ % retriable_every_ == 0) {
            context_->set_timeout(retriable_timeout_);
            throw RetriableException("not now");
        }
        hold();
        if (rewind_to_start_ && std::filesystem::remove(*rewind_to_start_)) return rewind_to_start();
        if (rewind_topic_) rewind_also(records);
        if (rewind_every_ > 0 && ++puts_ % rewind_every_ == 0) return rewind_further(records);
        if (retriable_while_ && std::filesystem::exists(*retriable_while_)) {
            context_->set_timeout(retriable_timeout_);
            throw RetriableException("not while " + *retriable_while_ + " is there");
        }
        if (pause_topic_) pause(*std::exchange(pause_topic_, std::nullopt));
        if (rewound_) throw ConnectException("the end after a rewind");
        if (rewind_once_ && std::filesystem::remove(*rewind_once_)) return rewind(records);
        for (const auto& record : records) take(record);
        if (!buffered_) write();
        if (request_commit_) context_->request_commit();
    }
    TopicOffsets pre_commit(const TopicOffsets& offsets) override {
        auto given = SinkTask::pre_commit(offsets);
        for (auto& [partition, offset] : given) offset = std::max<std::int64_t>(offset - keep_back_, 0);
        return given;
    }
    void flush(const TopicOffsets&) override {
        if (flush_fails_every_ > 0 && ++flushes_ % flush_fails_every_ == 0) {
            lines_.clear();
            throw ConnectException("this flush fails");
        }
        write();
    }
    void open(std::span<const TopicPartition>) override {
        if (close_fails_) out_ << "opened\n" << std::flush;
    }
    void close(std::span<const TopicPartition>) override {
        lines_.clear();
        if (close_fails_) throw ConnectException("this close fails");
    }
    void stop() noexcept override {}

private:
    void take(const SinkRecord& record) {
        const auto value = record.value.as_text();
        if (fatal_ == value && is_end()) throw ConnectException("this record is the end");
        if (report_ == value) {
            auto* reporter = context_->errant_record_reporter();
            if (!reporter) throw ConnectException("nobody hears of bad records");
            const auto error = std::make_exception_ptr(DataException("this record is not liked"));
            reporter->report(record, error);
            if (!report_own_) return;
            SinkRecord own;
            own.topic = "nowhere";
            own.value = Value::string(*report_own_);
            reporter->report(own, error);
            return;
        }
        lines_ +=
            fmt::format("{} {} {} {}\n", record.original_topic, record.original_partition, record.kafka_offset, value);
    }
    static TopicOffsets first_of(std::span<const SinkRecord> records) {
        TopicOffsets first;
        for (const auto& record : records) {
            first.emplace(TopicPartition{std::string(record.original_topic), record.original_partition},
                          record.kafka_offset);
        }
        return first;
    }
    void rewind(std::span<const SinkRecord> records) {
        context_->rewind(first_of(records));
        context_->request_commit();
        rewound_ = true;
    }
    void rewind_also(std::span<const SinkRecord> records) {
        auto wanted = first_of(records);
        wanted[{*rewind_topic_, 0}] = 0;
        context_->rewind(wanted);
    }
    void rewind_further(std::span<const SinkRecord> records) {
        auto wanted = first_of(records);
        for (auto& [partition, offset] : wanted) {
            offset = std::max<std::int64_t>(offset - 10, 0);
            lines_ += fmt::format("again/{} {} {} -\n", partition.topic, partition.partition, offset);
        }
        write();
        context_->rewind(wanted);
    }
    void hold() {
        if (!hold_while_ || !std::filesystem::exists(*hold_while_)) return;
        std::ofstream(*hold_while_ + ".held") << "1";
        std::ifstream(*hold_while_).get();  // waits until it is opened to be written
    }
    void rewind_to_start() {
        TopicOffsets first;
        for (const auto& partition : context_->assignment()) first[partition] = rewind_offset_;
        context_->rewind(first);
    }
    void pause(const std::string& topic) {
        const TopicPartition partition{topic, 0};
        try {
            context_->pause({&partition, 1});
            context_->resume({&partition, 1});
            lines_ += "paused\n";
        } catch (const ConnectException& e) {
            lines_ += std::string(e.what()) + "\n";
        }
    }
    bool is_end() const { return !fatal_once_ || std::filesystem::remove(*fatal_once_); }
    void write() {
        out_ << lines_ << std::flush;
        if (!out_) throw ConnectException("Cannot write the file of the setting 'out'");
        lines_.clear();
    }

    SinkTaskContext* context_ = nullptr;
    std::ofstream out_;
    std::ofstream count_;
    std::string lines_;
    bool buffered_ = false;
    int retriable_every_ = 0;
    int flush_fails_every_ = 0;
    int rewind_every_ = 0;
    int puts_ = 0;
    int flushes_ = 0;
    std::optional<std::string> fatal_;
    std::optional<std::string> fatal_once_;
    std::optional<std::string> report_;
    std::optional<std::string> report_own_;
    std::optional<std::string> rewind_once_;
    std::optional<std::string> pause_topic_;
    std::optional<std::string> rewind_to_start_;
    std::optional<std::string> rewind_topic_;
    std::optional<std::string> retriable_while_;
    std::optional<std::string> hold_while_;
    std::int64_t rewind_offset_ = 0;
    bool close_fails_ = false;
    std::chrono::milliseconds retriable_timeout_{};
    int keep_back_ = 0;
    bool request_commit_ = false;
    bool rewound_ = false;
};

class TroubledConnector final : public SinkConnector {
public:
    void start(const Settings& settings, ConnectorContext&) override { settings_ = settings; }
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int max_tasks) override {
        const auto more = ConfigDef(keys).parse(settings_).get_int("more.tasks");
        return std::vector<Settings>(static_cast<std::size_t>(max_tasks + more), settings_);
    }
    std::string task_class() const override { return "org.example.TroubledSinkTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return keys; }
    std::unique_ptr<SinkTask> make_task() const override { return std::make_unique<TroubledTask>(); }

private:
    Settings settings_;
};

constexpr ConfigKey flaky_keys[] = {
    {.name = "while",
     .default_value = required,
     .doc = "A file: as long as it is there, each record is to be retried."},
};

class Flaky final : public Transformation {
public:
    void configure(const Settings& settings) override {
        while_ = ConfigDef(flaky_keys).parse(settings).get_string("while");
    }
    bool apply(ConnectRecord&, Arena&) override {
        if (std::filesystem::exists(while_)) throw RetriableException("not now");
        return true;
    }
    std::span<const ConfigKey> config_keys() const noexcept override { return flaky_keys; }

private:
    std::string while_;
};

constexpr ConfigKey bounded_keys[] = {
    {.name = "topic", .default_value = required, .doc = "Where the numbers 1, 2, ... go."},
    {.name = "limit", .type = ConfigType::Long, .default_value = "30", .doc = "The last number."},
    {.name = "batch.size", .type = ConfigType::Int, .default_value = "10", .doc = "So many at a time."},
    {.name = "count.polls", .doc = "A file that each poll() adds a byte to."},
    {.name = "part", .default_value = "0", .doc = "Each task counts for itself; set by the connector."},
};

/// Of each batch the first three are committed, the next two aborted, and the rest committed with the batch after it.
class BoundedTask final : public SourceTask {
public:
    void start(const Settings& settings, SourceTaskContext& context) override {
        const auto config = ConfigDef(bounded_keys).parse(settings);
        topic_ = config.get_string("topic");
        limit_ = config.get_long("limit");
        batch_size_ = config.get_int("batch.size");
        part_ = config.get_string("part");
        if (const auto count = config.find("count.polls")) count_.open(*count, std::ios::app);
        partition_[0] = {"of", Value::string(part_)};
        transactions_ = context.transaction_context();
        if (transactions_ == nullptr) throw ConnectException("Set transaction.boundary=connector");
        if (const auto stored = context.offset(partition_)) last_ = stored->find("number")->as_integer();
    }
    SourceBatch poll(std::stop_token stop, std::chrono::milliseconds max_wait) override {
        if (count_.is_open()) count_ << '.' << std::flush;
        SourceBatch batch;
        if (last_ >= limit_) {
            std::mutex mutex;
            std::unique_lock lock(mutex);
            std::condition_variable_any().wait_for(lock, stop, max_wait, [] { return false; });
            return batch;
        }
        batch.values = std::make_shared<Arena>();
        batch.offsets = std::make_shared<Arena>();
        batch.partitions.emplace_back(partition_);
        for (int i = 0; i < batch_size_; ++i) add(batch, ++last_);
        transactions_->commit_transaction_after(2);
        transactions_->abort_transaction_after(4);
        return batch;
    }
    void stop() noexcept override {}

private:
    void add(SourceBatch& batch, std::int64_t number) {
        auto* offset = batch.offsets->make_array<OffsetEntry>(1);
        offset[0] = {"number", Value::int64(number)};
        auto& record = batch.records.emplace_back();
        record.topic = topic_;
        record.value_schema = schema_;
        record.value = Value::int64(number);
        record.source_offset = {offset, 1};
    }

    std::string part_;
    std::ofstream count_;
    OffsetEntry partition_[1] = {};
    const SchemaPtr schema_ = make_schema({.type = Type::Int64});
    TransactionContext* transactions_ = nullptr;
    std::string topic_;
    std::int64_t limit_ = 0;
    std::int64_t last_ = 0;
    int batch_size_ = 0;
};

class BoundedConnector final : public SourceConnector {
public:
    void start(const Settings& settings, ConnectorContext&) override { settings_ = settings; }
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int max_tasks) override {
        std::vector<Settings> configs(static_cast<std::size_t>(max_tasks), settings_);
        for (std::size_t i = 0; i < configs.size(); ++i) configs[i]["part"] = std::to_string(i);
        return configs;
    }
    std::string task_class() const override { return "org.example.BoundedSourceTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return bounded_keys; }
    std::unique_ptr<SourceTask> make_task() const override { return std::make_unique<BoundedTask>(); }
    ExactlyOnceSupport exactly_once_support(const Settings&) const override { return ExactlyOnceSupport::Supported; }
    bool can_define_transaction_boundaries(const Settings&) const override { return true; }

private:
    Settings settings_;
};

constexpr PluginDescriptor plugins[] = {
    {PluginType::Sink, "org.example.TroubledSinkConnector", "1.0", create_plugin<TroubledConnector>},
    {PluginType::Source, "org.example.BoundedSourceConnector", "1.0", create_plugin<BoundedConnector>},
    {PluginType::Transformation, "org.example.Flaky", "1.0", create_plugin<Flaky>},
};
constexpr PluginManifest manifest{plugin_abi, "troubled", plugins};

}

MILLRACE_PLUGIN(troubled::manifest)
