/// A sink that goes wrong on demand, for tests of the worker. What it has taken stands in the file `out`, a line
/// "topic partition offset value" each; with `buffered` it stays in memory until flush().
#include "connectors/api/plugin.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
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
    }
    void put(std::span<const SinkRecord> records) override {
        if (records.empty()) return;
        if (retriable_every_ > 0 && ++puts_ % retriable_every_ == 0) {
            context_->set_timeout(std::chrono::milliseconds(20));
            throw RetriableException("not now");
        }
        if (pause_topic_) pause(*std::exchange(pause_topic_, std::nullopt));
        if (rewound_) throw ConnectException("the end after a rewind");
        if (rewind_once_ && std::filesystem::remove(*rewind_once_)) return rewind(records);
        for (const auto& record : records) take(record);
        if (!buffered_) write();
    }
    void flush(const TopicOffsets&) override {
        if (flush_fails_every_ > 0 && ++flushes_ % flush_fails_every_ == 0) {
            lines_.clear();
            throw ConnectException("this flush fails");
        }
        write();
    }
    void close(std::span<const TopicPartition>) override { lines_.clear(); }
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
    void rewind(std::span<const SinkRecord> records) {
        TopicOffsets first;
        for (const auto& record : records) {
            first.emplace(TopicPartition{std::string(record.original_topic), record.original_partition},
                          record.kafka_offset);
        }
        context_->rewind(first);
        context_->request_commit();
        rewound_ = true;
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
    std::string lines_;
    bool buffered_ = false;
    int retriable_every_ = 0;
    int flush_fails_every_ = 0;
    int puts_ = 0;
    int flushes_ = 0;
    std::optional<std::string> fatal_;
    std::optional<std::string> fatal_once_;
    std::optional<std::string> report_;
    std::optional<std::string> report_own_;
    std::optional<std::string> rewind_once_;
    std::optional<std::string> pause_topic_;
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

constexpr PluginDescriptor plugins[] = {
    {PluginType::Sink, "org.example.TroubledSinkConnector", "1.0", create_plugin<TroubledConnector>},
};
constexpr PluginManifest manifest{plugin_abi, "troubled", plugins};

}

MILLRACE_PLUGIN(troubled::manifest)
