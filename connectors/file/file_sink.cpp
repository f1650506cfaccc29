#include "connectors/file/file_sink.hpp"

#include "connectors/converters/java_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace millrace::file {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "file",
     .type = ConfigType::String,
     .importance = Importance::High,
     .doc = "Destination filename. If not specified, the standard output will be used"},
};
constexpr mode_t usual_mode = 0666;  // the umask takes away what others may not do

}

void FileStreamSinkConnector::start(const Settings& settings, ConnectorContext& context) {
    const auto file = ConfigDef(keys).parse(settings).get_string("file");
    context.logger().info("Starting file sink connector writing to {}", file.empty() ? "standard output" : file);
    settings_ = settings;
}

std::vector<Settings> FileStreamSinkConnector::task_configs(int max_tasks) {
    return std::vector<Settings>(static_cast<std::size_t>(std::max(max_tasks, 0)), settings_);
}

std::span<const ConfigKey> FileStreamSinkConnector::config_keys() const noexcept { return keys; }

std::unique_ptr<SinkTask> FileStreamSinkConnector::make_task() const { return std::make_unique<FileStreamSinkTask>(); }

bool FileStreamSinkConnector::alter_offsets(const Settings&,
                                            std::span<const std::pair<TopicPartition, std::optional<std::int64_t>>>) {
    return true;
}

FileStreamSinkTask::~FileStreamSinkTask() { stop(); }

void FileStreamSinkTask::start(const Settings& settings, SinkTaskContext& context) {
    logger_ = context.logger();
    path_ = ConfigDef(keys).parse(settings).get_string("file");
    if (path_.empty()) {
        descriptor_ = STDOUT_FILENO;
        return;
    }
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, usual_mode);
    if (descriptor_ < 0) {
        throw ConnectException(fmt::format("Couldn't find or create file '{}' for FileStreamSinkTask: {}", path_,
                                           std::generic_category().message(errno)));
    }
}

void FileStreamSinkTask::put(std::span<const SinkRecord> records) {
    lines_.clear();
    for (const auto& record : records) {
        if (record.value.kind() == Value::Kind::String) {
            lines_ += record.value.as_text();
        } else {
            converters::append_java_text(lines_, record.value_schema, record.value);
        }
        lines_ += '\n';
    }
    write_lines();
}

void FileStreamSinkTask::write_lines() {
    std::string_view left = lines_;
    while (!left.empty()) {
        const auto written = ::write(descriptor_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            throw ConnectException(fmt::format("Cannot write to {}: {}", path_.empty() ? "standard output" : path_,
                                               std::generic_category().message(errno)));
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
}

void FileStreamSinkTask::stop() noexcept {
    if (descriptor_ >= 0 && !path_.empty()) ::close(descriptor_);
    descriptor_ = -1;
}

}
