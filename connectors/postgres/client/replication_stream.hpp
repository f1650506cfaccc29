/// The logical replication stream of one slot, read without blocking.
///
/// Input   a connection in replication mode; START_REPLICATION makes it a stream of frames.
/// Output  frames in the order of the server. A payload lives until the next call of next().
/// Throws  DatabaseError when the server ends the stream or the connection breaks.
/// Facts   PostgreSQL 15 manual, "Streaming Replication Protocol".
#pragma once
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/client/lsn.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace millrace::postgres {

struct Frame {
    enum class Kind : std::uint8_t { Data, Keepalive } kind = Kind::Data;
    Lsn start = no_lsn;            ///< of Data: where the message's record stands in the WAL
    Lsn wal_end = no_lsn;          ///< the server's position
    bool reply_requested = false;  ///< of Keepalive
    std::span<const std::byte> payload = {};
};

struct StandbyStatus {
    Lsn received = no_lsn;
    Lsn flushed = no_lsn;
    bool request_reply = false;
};

/// The bytes of a status frame; `now` is the clock it carries.
std::vector<char> encode(const StandbyStatus& status, PgMicros now);
/// One CopyData message of the server. Throws DataException if it is none that the protocol knows.
Frame parse_frame(std::span<const std::byte> message);

class ReplicationStream {
public:
    /// `connection` was opened in replication mode and outlives the stream.
    explicit ReplicationStream(Connection& connection) : connection_(connection) {}
    ~ReplicationStream();
    ReplicationStream(const ReplicationStream&) = delete;
    ReplicationStream& operator=(const ReplicationStream&) = delete;

    /// `options` become ("proto_version" '1', ...).
    void start(std::string_view slot, Lsn from, const std::vector<std::pair<std::string, std::string>>& options);
    /// The next frame that has arrived; none: wait() for more.
    std::optional<Frame> next();
    /// What waits in the socket, in bytes as they were sent.
    std::size_t arrived_bytes() const noexcept;
    /// False when nothing came within `timeout`; `also` ends the wait like a frame.
    bool wait(std::chrono::milliseconds timeout, const Wakeup& also) { return connection_.wait(false, timeout, &also); }
    /// False if the server does not take it within `limit`: it goes out with a later one.
    bool send(const StandbyStatus& status, PgMicros now, std::chrono::milliseconds limit);

private:
    Connection& connection_;
    char* buffer_ = nullptr;
};

}
