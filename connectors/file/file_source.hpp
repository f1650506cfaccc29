/// org.apache.kafka.connect.file.FileStreamSourceConnector: the lines of a file, or of standard input, as records; the
/// smallest source connector, and the one to copy for a new one.
///
/// Output  one record a line: value STRING, no key. Partition {"filename":path}, offset {"position":bytes}: where the
///         next line begins. Standard input has null in both and no memory.
/// State   the file that was opened is followed, as tail -f does; that it was renamed or cut is not seen.
/// Facts   Kafka Connect, FileStreamSourceConnector and FileStreamSourceTask. There, positions count characters, which
/// is
///         the same for ASCII; here they count bytes, so that a file in UTF-8 resumes where it stopped.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/file/line_splitter.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace millrace::file {

class FileStreamSourceConnector final : public SourceConnector {
public:
    void start(const Settings& settings, ConnectorContext& context) override;
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int max_tasks) override;
    std::string task_class() const override { return "org.apache.kafka.connect.file.FileStreamSourceTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override;
    std::unique_ptr<SourceTask> make_task() const override;
    /// Supported for a file: its lines can be read again. Not for standard input.
    ExactlyOnceSupport exactly_once_support(const Settings& settings) const override;
    bool alter_offsets(const Settings& settings,
                       std::span<const std::pair<OffsetMap, std::optional<OffsetMap>>> offsets) override;

private:
    Settings settings_;
};

class FileStreamSourceTask final : public SourceTask {
public:
    FileStreamSourceTask() = default;
    FileStreamSourceTask(const FileStreamSourceTask&) = delete;
    FileStreamSourceTask& operator=(const FileStreamSourceTask&) = delete;
    ~FileStreamSourceTask() override;

    void start(const Settings& settings, SourceTaskContext& context) override;
    SourceBatch poll(std::stop_token stop, std::chrono::milliseconds max_wait) override;
    void stop() noexcept override;

private:
    bool from_standard_input() const noexcept { return path_.empty(); }
    bool open();
    std::string_view read_some(std::chrono::milliseconds patience);
    SourceBatch lines();
    OffsetEntries partition(Arena& arena) const;

    Logger logger_;
    std::string path_;  ///< empty: standard input
    std::string topic_;
    std::size_t batch_size_ = 0;
    std::int64_t start_position_ = 0;
    int descriptor_ = -1;
    bool missing_reported_ = false;
    LineSplitter splitter_;
    std::string chunk_;
    SchemaPtr value_schema_;
};

}
