#include "cluster/storage/file_offset_store.hpp"

#include "cluster/storage/offset_records.hpp"
#include "connectors/api/errors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace millrace::cluster {

namespace {

class File {
public:
    explicit File(const std::string& name)
        : name_(name), fd_(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
        if (fd_ < 0) fail("made");
    }
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto written = ::write(fd_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail("written");
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::fsync(fd_) != 0) fail("written");
    }

private:
    [[noreturn]] void fail(std::string_view what) const {
        throw ConnectException(
            fmt::format("The offsets file {} cannot be {}: {}", name_, what, std::generic_category().message(errno)));
    }
    std::string name_;
    int fd_;
};

}

FileOffsetStore::FileOffsetStore(std::string file, Logger logger) : file_(std::move(file)), logger_(std::move(logger)) {
    load();
}

void FileOffsetStore::load() {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto size = fs::file_size(file_, error);
    if (error == std::errc::no_such_file_or_directory) return;
    if (error) throw ConfigException(fmt::format("offset.storage.file.filename: {}: {}", file_, error.message()));
    if (size > longest_file) {
        throw ConfigException(fmt::format("offset.storage.file.filename: {} has {} bytes; at most {} are read", file_,
                                          size, longest_file));
    }
    std::ifstream in(file_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (in.bad() || bytes.size() != size) {
        throw ConfigException(fmt::format("offset.storage.file.filename: {} cannot be read", file_));
    }
    if (bytes.empty()) return;
    try {
        for (auto& [key, value] : parse_java_hash_map(bytes)) {
            if (!key || !value) continue;
            const auto problem = table_.apply(*key, *value);
            if (problem.empty()) continue;
            logger_.warn("{}: {}", file_, problem);
            foreign_.emplace_back(std::move(key), std::move(value));
        }
    } catch (const DataException& e) {
        throw ConfigException(fmt::format(
            "offset.storage.file.filename: {} holds no offsets of a standalone worker ({}). Name another file, or move "
            "this one away to begin without offsets.",
            file_, e.what()));
    }
}

void FileOffsetStore::save() {
    auto entries = foreign_;
    for (auto& [key, value] : table_.all()) entries.emplace_back(std::move(key), std::move(value));
    std::error_code error;
    auto target = std::filesystem::weakly_canonical(file_, error);  // a link stays a link
    if (error) target = file_;
    const auto next = target.string() + ".new";
    File(next).write(write_java_hash_map(entries));
    std::filesystem::rename(next, target, error);
    if (error)
        throw ConnectException(fmt::format("The offsets file {} cannot be replaced: {}", file_, error.message()));
}

std::optional<OffsetMap> FileOffsetStore::read(const std::string& connector, OffsetEntries partition) {
    const std::lock_guard lock(mutex_);
    return table_.find(connector, partition);
}

std::vector<std::pair<OffsetMap, OffsetMap>> FileOffsetStore::list(const std::string& connector) {
    const std::lock_guard lock(mutex_);
    return table_.entries(connector);
}

void FileOffsetStore::write(const std::string& connector, Entries entries,
                            std::function<void(std::exception_ptr)> done) {
    std::exception_ptr error;
    try {
        const std::lock_guard lock(mutex_);
        for (const auto& [partition, offset] : entries) {
            const auto key = table_.key_bytes(connector, partition.entries());
            const auto value = offset ? std::optional(offset_value(offset->entries())) : std::nullopt;
            table_.apply(key, value);
        }
        if (!entries.empty()) save();
    } catch (...) {
        error = std::current_exception();
    }
    done(error);
}

}
