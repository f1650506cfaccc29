/// Records that are too many for memory: written one after the other, cut back from the end, then read once from the
/// beginning. What is small stays in memory; the rest is in a file without a name, which ends with its owner.
///
/// Throws  ConnectException naming the folder when the file cannot be made, written or read.
#pragma once
#include "connectors/postgres/client/lsn.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::postgres {

class SpillFile {
public:
    struct Record {
        Lsn lsn = no_lsn;
        std::string_view payload = {};  ///< until the next call
    };
    explicit SpillFile(std::string folder) : folder_(std::move(folder)) {}
    ~SpillFile();
    SpillFile(const SpillFile&) = delete;
    SpillFile& operator=(const SpillFile&) = delete;

    /// The payload is given in two parts.
    void append(Lsn lsn, std::string_view head, std::string_view tail);
    /// Bytes of all records.
    std::uint64_t size() const noexcept { return written_ + buffer_.size(); }
    /// What append() adds for a payload of this size.
    static std::uint64_t bytes_of(std::size_t payload) noexcept;
    /// Forgets what was appended since the size was this.
    void truncate(std::uint64_t size);
    /// The next record; from the first call on nothing is appended or cut any more.
    std::optional<Record> read();

private:
    [[noreturn]] void fail(std::string_view what) const;
    void open();
    void write_buffer();
    /// `count` bytes from where reading stands.
    std::string_view ahead(std::size_t count);

    std::string folder_;
    int file_ = -1;              ///< -1: everything is in the buffer
    std::uint64_t written_ = 0;  ///< bytes in the file
    std::string buffer_;         ///< what follows them
    std::uint64_t read_at_ = 0;
    std::string window_;  ///< bytes of the file from window_at_ on
    std::uint64_t window_at_ = 0;
};

}
