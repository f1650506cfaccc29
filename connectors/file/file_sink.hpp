/// org.apache.kafka.connect.file.FileStreamSinkConnector: the values of records as lines of a file, or of standard
/// output; the smallest sink connector, and the one to copy for a new one.
///
/// Output  one line a record: the value as Java's toString() gives it (bytes in base64), "null" for none.
/// State   the file is made if it is not there, and appended to. put() has handed everything to the operating system
///         when it returns, so a worker that is killed loses nothing.
/// Facts   Kafka Connect, FileStreamSinkConnector and FileStreamSinkTask.
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>

namespace millrace::file {

class FileStreamSinkConnector final : public SinkConnector {
public:
    void start(const Settings& settings, ConnectorContext& context) override;
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int max_tasks) override;
    std::string task_class() const override { return "org.apache.kafka.connect.file.FileStreamSinkTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override;
    std::unique_ptr<SinkTask> make_task() const override;
    /// Any will do: offsets are Kafka's alone.
    bool alter_offsets(const Settings& settings,
                       std::span<const std::pair<TopicPartition, std::optional<std::int64_t>>> offsets) override;

private:
    Settings settings_;
};

class FileStreamSinkTask final : public SinkTask {
public:
    FileStreamSinkTask() = default;
    FileStreamSinkTask(const FileStreamSinkTask&) = delete;
    FileStreamSinkTask& operator=(const FileStreamSinkTask&) = delete;
    ~FileStreamSinkTask() override;

    void start(const Settings& settings, SinkTaskContext& context) override;
    void put(std::span<const SinkRecord> records) override;
    void stop() noexcept override;

private:
    void write_lines();

    Logger logger_;
    std::string path_;  ///< empty: standard output
    int descriptor_ = -1;
    std::string lines_;
};

}
