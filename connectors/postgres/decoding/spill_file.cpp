#include "connectors/postgres/decoding/spill_file.hpp"

#include "connectors/api/errors.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace millrace::postgres {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;
constexpr std::size_t window_bytes = 256 * 1024;

struct Head {
    std::uint64_t lsn;
    std::uint64_t size;
};

}

SpillFile::~SpillFile() {
    if (file_ >= 0) ::close(file_);
}

std::uint64_t SpillFile::bytes_of(std::size_t payload) noexcept { return sizeof(Head) + payload; }

void SpillFile::fail(std::string_view what) const {
    throw ConnectException(fmt::format("Could not {} a temporary file in {}: {}", what, folder_, std::strerror(errno)));
}

void SpillFile::open() {
    auto path = folder_ + "/millrace-transaction-XXXXXX";
    file_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (file_ < 0) fail("make");
    ::unlink(path.c_str());
}

void SpillFile::append(Lsn lsn, std::string_view head, std::string_view tail) {
    const Head fixed{.lsn = number(lsn), .size = head.size() + tail.size()};
    buffer_.append(reinterpret_cast<const char*>(&fixed), sizeof fixed).append(head).append(tail);
    if (buffer_.size() >= buffer_bytes) write_buffer();
}

void SpillFile::write_buffer() {
    if (file_ < 0) open();
    for (std::string_view rest = buffer_; !rest.empty();) {
        const auto done = ::pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(written_));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) fail("write");
        written_ += static_cast<std::uint64_t>(done);
        rest.remove_prefix(static_cast<std::size_t>(done));
    }
    buffer_.clear();
}

void SpillFile::truncate(std::uint64_t size) {
    if (size >= written_) {
        buffer_.resize(std::min<std::uint64_t>(buffer_.size(), size - written_));
        return;
    }
    buffer_.clear();
    if (::ftruncate(file_, static_cast<off_t>(size)) != 0) fail("cut");
    written_ = size;
}

std::string_view SpillFile::ahead(std::size_t count) {
    if (count > size() - read_at_) {
        throw ConnectException(fmt::format("A temporary file in {} ends within a record", folder_));
    }
    if (file_ < 0) return std::string_view(buffer_).substr(read_at_, count);
    if (read_at_ < window_at_ || read_at_ + count > window_at_ + window_.size()) {
        window_at_ = read_at_;
        window_.resize(std::min<std::uint64_t>(std::max(count, window_bytes), written_ - read_at_));
        for (std::size_t have = 0; have < window_.size();) {
            const auto from = static_cast<off_t>(window_at_ + have);
            const auto got = ::pread(file_, window_.data() + have, window_.size() - have, from);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail("read");
            if (got == 0) throw ConnectException(fmt::format("A temporary file in {} was cut", folder_));
            have += static_cast<std::size_t>(got);
        }
    }
    return std::string_view(window_).substr(read_at_ - window_at_, count);
}

std::optional<SpillFile::Record> SpillFile::read() {
    if (file_ >= 0 && !buffer_.empty()) write_buffer();
    if (read_at_ == size()) return {};
    Head head{};
    std::memcpy(&head, ahead(sizeof head).data(), sizeof head);
    const auto whole = ahead(sizeof head + head.size);
    read_at_ += whole.size();
    return Record{.lsn = Lsn{head.lsn}, .payload = whole.substr(sizeof head)};
}

}
