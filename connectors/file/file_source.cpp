#include "connectors/file/file_source.hpp"

#include "connectors/support/text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <limits>
#include <mutex>

namespace millrace::file {

namespace {

constexpr std::string_view filename_field = "filename";
constexpr std::string_view position_field = "position";
constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::size_t max_line_bytes = 64 * 1024 * 1024;
/// How often a file that has no more lines is looked at again.
constexpr std::chrono::milliseconds check_interval{50};

std::string not_empty(std::string_view value) { return value.empty() ? "String must be non-empty" : ""; }

constexpr ConfigKey keys[] = {
    {.name = "file",
     .type = ConfigType::String,
     .importance = Importance::High,
     .doc = "Source filename. If not specified, the standard input will be used"},
    {.name = "topic",
     .type = ConfigType::String,
     .default_value = required,
     .valid = not_empty,
     .importance = Importance::High,
     .doc = "The topic to publish data to"},
    {.name = "batch.size",
     .type = ConfigType::Int,
     .default_value = "2000",
     .importance = Importance::Low,
     .doc = "The maximum number of records the source task can read from the file each time it is polled"},
};

std::string error_text(int error) { return std::generic_category().message(error); }

/// Returns early when `stop` is requested.
void wait(std::stop_token stop, std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::move(stop), time, [] { return false; });
}

bool has(const OffsetMap& map, std::string_view key) {
    return std::ranges::find(map.entries(), key, &OffsetEntry::key) != map.entries().end();
}

}

void FileStreamSourceConnector::start(const Settings& settings, ConnectorContext& context) {
    const auto config = ConfigDef(keys).parse(settings);
    const auto file = config.get_string("file");
    context.logger().info("Starting file source connector reading from {}", file.empty() ? "standard input" : file);
    settings_ = settings;
}

/// A file has one reader.
std::vector<Settings> FileStreamSourceConnector::task_configs(int) { return {settings_}; }

std::span<const ConfigKey> FileStreamSourceConnector::config_keys() const noexcept { return keys; }

std::unique_ptr<SourceTask> FileStreamSourceConnector::make_task() const {
    return std::make_unique<FileStreamSourceTask>();
}

ExactlyOnceSupport FileStreamSourceConnector::exactly_once_support(const Settings& settings) const {
    const Config config(keys, settings);
    return config.get_string("file").empty() ? ExactlyOnceSupport::Unsupported : ExactlyOnceSupport::Supported;
}

bool FileStreamSourceConnector::alter_offsets(const Settings& settings,
                                              std::span<const std::pair<OffsetMap, std::optional<OffsetMap>>> offsets) {
    if (ConfigDef(keys).parse(settings).get_string("file").empty()) {
        throw ConnectException(
            "Offsets cannot be modified if the 'file' configuration is unspecified. This is because stdin is used for "
            "input and offsets are not tracked.");
    }
    for (const auto& [partition, offset] : offsets) {
        if (!offset) continue;  // to be forgotten
        if (!has(*offset, position_field)) {
            throw ConnectException("Offset objects should either be null or contain the key 'position'");
        }
        const auto* position = offset->find(position_field);
        if (position == nullptr || position->kind() != Value::Kind::Int64) {
            throw ConnectException("The value for the 'position' key in the offset is expected to be a Long value");
        }
        if (position->as_integer() < 0) {
            throw ConnectException("The value for the 'position' key in the offset should be a non-negative value");
        }
        if (!has(partition, filename_field)) {
            throw ConnectException("Partition objects should contain the key 'filename'");
        }
    }
    return true;
}

FileStreamSourceTask::~FileStreamSourceTask() { stop(); }

void FileStreamSourceTask::start(const Settings& settings, SourceTaskContext& context) {
    const auto config = ConfigDef(keys).parse(settings);
    logger_ = context.logger();
    path_ = config.get_string("file");
    topic_ = config.get_string("topic");
    batch_size_ = static_cast<std::size_t>(std::max(config.get_int("batch.size"), 1));
    value_schema_ = make_schema({.type = Type::String});
    if (from_standard_input()) return;
    Arena arena(256);
    const auto offset = context.offset(partition(arena));
    if (!offset) return;
    const auto* position = offset->find(position_field);
    if (position == nullptr) return;
    if (position->kind() != Value::Kind::Int64) throw ConnectException("Offset position is the incorrect type");
    start_position_ = position->as_integer();
    logger_.debug("Found previous offset, trying to skip to file offset {}", start_position_);
}

/// Sees to it that there is something to read from; false if the file is not there yet.
bool FileStreamSourceTask::open() {
    if (descriptor_ >= 0) return true;
    if (from_standard_input()) {
        descriptor_ = STDIN_FILENO;
        return true;
    }
    const int opened = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) {
        const int error = errno;
        if (error != ENOENT) throw ConnectException(fmt::format("Cannot open {}: {}", path_, error_text(error)));
        if (!missing_reported_)
            logger_.warn("Couldn't find file {} for FileStreamSourceTask, sleeping to wait for it to be created",
                         path_);
        missing_reported_ = true;
        return false;
    }
    descriptor_ = opened;
    if (start_position_ > 0 && (::lseek(opened, 0, SEEK_END) < start_position_ ||
                                ::lseek(opened, start_position_, SEEK_SET) != start_position_)) {
        throw ConnectException(fmt::format(
            "The file {} has fewer than the {} bytes that were read of it before. Was it replaced? Reset the "
            "connector's offsets to read it from its start",
            path_, start_position_));
    }
    splitter_ = LineSplitter(start_position_);
    logger_.debug("Opened {} for reading", from_standard_input() ? "standard input" : path_);
    return true;
}

/// What is there to be read, at most chunk_bytes; empty if there is nothing within `patience` (for standard input) or
/// now (for a file).
std::string_view FileStreamSourceTask::read_some(std::chrono::milliseconds patience) {
    if (from_standard_input()) {
        pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, static_cast<int>(patience.count())) <= 0) return {};
    }
    chunk_.resize(chunk_bytes);
    const auto count = ::read(descriptor_, chunk_.data(), chunk_.size());
    if (count < 0) {
        const int error = errno;
        if (error == EINTR || error == EAGAIN) return {};
        throw ConnectException(
            fmt::format("Cannot read {}: {}", from_standard_input() ? "standard input" : path_, error_text(error)));
    }
    return {chunk_.data(), static_cast<std::size_t>(count)};
}

SourceBatch FileStreamSourceTask::poll(std::stop_token stop, std::chrono::milliseconds max_wait) {
    const auto deadline = std::chrono::steady_clock::now() + max_wait;
    for (;;) {
        if (open()) {
            if (auto batch = lines(); !batch.records.empty()) return batch;
            if (const auto bytes = read_some(std::min(check_interval, max_wait)); !bytes.empty()) {
                if (splitter_.pending() + bytes.size() > max_line_bytes) {
                    throw ConnectException(fmt::format("A line of {} is longer than {} bytes",
                                                       from_standard_input() ? "standard input" : path_,
                                                       max_line_bytes));
                }
                splitter_.append(bytes);
                continue;
            }
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (stop.stop_requested() || left <= std::chrono::milliseconds::zero()) return {};
        wait(stop, std::min(left, check_interval));
    }
}

/// The lines that are complete, at most batch_size_.
SourceBatch FileStreamSourceTask::lines() {
    SourceBatch batch;
    auto line = splitter_.next();
    if (!line) return batch;
    batch.values = std::make_shared<Arena>();
    batch.offsets = std::make_shared<Arena>();
    batch.partitions.push_back(partition(*batch.offsets));
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    for (; line; line = batch.records.size() < batch_size_ ? splitter_.next() : std::nullopt) {
        auto* offset = batch.offsets->make_array<OffsetEntry>(1);
        offset[0] = {.key = position_field, .value = from_standard_input() ? Value() : Value::int64(line->end_offset)};
        auto& record = batch.records.emplace_back();
        record.topic = topic_;
        record.value_schema = value_schema_;
        record.value = Value::string(valid_utf8(line->text) ? batch.values->copy(line->text)
                                                            : batch.values->copy(to_valid_utf8(line->text)));
        record.timestamp = now;
        record.source_offset = {offset, 1};
    }
    return batch;
}

OffsetEntries FileStreamSourceTask::partition(Arena& arena) const {
    auto* entry = arena.make_array<OffsetEntry>(1);
    entry[0] = {.key = filename_field, .value = from_standard_input() ? Value() : Value::string(arena.copy(path_))};
    return {entry, 1};
}

void FileStreamSourceTask::stop() noexcept {
    if (descriptor_ >= 0 && !from_standard_input()) ::close(descriptor_);
    descriptor_ = -1;
}

}
