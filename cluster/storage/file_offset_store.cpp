#include "cluster/storage/file_offset_store.hpp"

#include "cluster/storage/offset_records.hpp"
#include "connectors/api/errors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace millrace::cluster {

namespace {

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category()); }

/// Throws system_error.
class File {
public:
    File(const std::string& name, int flags) : fd_(::open(name.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644)) {
        if (fd_ < 0) fail();
    }
    ~File() { ::close(fd_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    /// Takes over whose the other file is, as far as that is allowed, and who may read it.
    void be_like(const std::string& other) const {
        struct stat found = {};
        if (::stat(other.c_str(), &found) != 0) return;
        [[maybe_unused]] const int owned = ::fchown(fd_, found.st_uid, found.st_gid);
        if (::fchmod(fd_, found.st_mode & 07777) != 0) fail();
    }
    void write_all(std::string_view bytes) const {
        const auto size = bytes.size();
        while (!bytes.empty()) {
            const auto written = ::write(fd_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail();
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::ftruncate(fd_, static_cast<off_t>(size)) != 0 || ::fsync(fd_) != 0) fail();
    }

private:
    int fd_;
};

void replace(const std::string& file, std::string_view bytes) {
    const auto next = file + ".new";
    {
        const File made(next, O_CREAT | O_TRUNC);
        made.be_like(file);
        made.write_all(bytes);
    }
    if (std::rename(next.c_str(), file.c_str()) == 0) return;
    const int error = errno;
    ::unlink(next.c_str());
    errno = error;
    fail();
}

/// A folder in which nothing may be made, or a file that is a mount of its own: it may be written all the same.
bool forbids_replacing(const std::error_code& error) {
    const int number = error.value();
    return number == EACCES || number == EPERM || number == EROFS || number == EBUSY || number == EXDEV;
}

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
    auto target = std::filesystem::weakly_canonical(file_, error).string();  // a link stays a link
    if (error) target = file_;
    const auto bytes = write_java_hash_map(entries);
    try {
        if (in_place_) {
            File(target, 0).write_all(bytes);
        } else {
            replace_or_overwrite(target, bytes);
        }
    } catch (const std::system_error& e) {
        throw ConnectException(fmt::format("The offsets file {} cannot be written: {}", file_, e.code().message()));
    }
}

void FileOffsetStore::replace_or_overwrite(const std::string& target, std::string_view bytes) {
    try {
        replace(target, bytes);
    } catch (const std::system_error& e) {
        if (!forbids_replacing(e.code()) || ::access(target.c_str(), W_OK) != 0) throw;
        in_place_ = true;
        logger_.warn(
            "The offsets file {} cannot be replaced by a new one ({}), so it is written in place: if the worker dies "
            "meanwhile, the file may be of no use. Let it write to the file's folder.",
            file_, e.code().message());
        File(target, 0).write_all(bytes);
    }
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
