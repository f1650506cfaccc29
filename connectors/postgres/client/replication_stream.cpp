#include "connectors/postgres/client/replication_stream.hpp"

#include <fmt/core.h>
#include <libpq-fe.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

namespace millrace::postgres {
namespace {

constexpr std::size_t data_header_bytes = 25;  // 'w', start, end, clock
constexpr std::size_t keepalive_bytes = 18;    // 'k', end, clock, reply

// A server this near fills a small socket again at once, however fast it is read.
constexpr std::uint32_t near_round_trip_us = 200;
constexpr int near_receive_buffer = 65'536;

std::uint64_t read_u64(const std::byte* at) noexcept {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = (value << 8) | std::to_integer<std::uint64_t>(at[i]);
    return value;
}

/// The kernel lets the buffer of a fast connection grow to megabytes, so that a near server never finds it full and
/// sends each change by itself; see source/gathering.hpp. A far server needs that room.
void keep_small_if_near(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;  // no TCP
    if (info.tcpi_min_rtt > near_round_trip_us) return;
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &near_receive_buffer, sizeof near_receive_buffer);
}

void append_u64(std::vector<char>& to, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) to.push_back(static_cast<char>((value >> shift) & 0xFF));
}

}

std::vector<char> encode(const StandbyStatus& status, PgMicros now) {
    std::vector<char> frame{'r'};
    append_u64(frame, number(status.received));
    append_u64(frame, number(status.flushed));
    append_u64(frame, number(status.flushed));
    append_u64(frame, static_cast<std::uint64_t>(now));
    frame.push_back(status.request_reply ? 1 : 0);
    return frame;
}

Frame parse_frame(std::span<const std::byte> message) {
    const char kind = message.empty() ? '\0' : std::to_integer<char>(message[0]);
    if (kind == 'w' && message.size() >= data_header_bytes) {
        return {.kind = Frame::Kind::Data,
                .start = Lsn{read_u64(&message[1])},
                .wal_end = Lsn{read_u64(&message[9])},
                .payload = message.subspan(data_header_bytes)};
    }
    if (kind == 'k' && message.size() == keepalive_bytes) {
        return {.kind = Frame::Kind::Keepalive,
                .wal_end = Lsn{read_u64(&message[1])},
                .reply_requested = message[17] != std::byte{0}};
    }
    throw DataException(fmt::format("Replication frame of kind '{}' with {} bytes is none that the protocol knows",
                                    kind, message.size()));
}

ReplicationStream::~ReplicationStream() {
    if (buffer_ != nullptr) PQfreemem(buffer_);
}

void ReplicationStream::start(std::string_view slot, Lsn from,
                              const std::vector<std::pair<std::string, std::string>>& options) {
    std::string sql = fmt::format("START_REPLICATION SLOT {} LOGICAL {}", quote_identifier(slot), to_string(from));
    std::string list;
    for (const auto& [key, value] : options) {
        list +=
            fmt::format("{}{} {}", list.empty() ? "" : ", ", quote_identifier(key), connection_.quote_literal(value));
    }
    if (!list.empty()) sql += " (" + list + ")";
    keep_small_if_near(PQsocket(connection_.handle()));
    connection_.query(sql);
}

std::size_t ReplicationStream::arrived_bytes() const noexcept {
    int bytes = 0;
    return ::ioctl(PQsocket(connection_.handle()), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

std::optional<Frame> ReplicationStream::next() {
    if (buffer_ != nullptr) PQfreemem(buffer_);
    buffer_ = nullptr;
    auto* handle = connection_.handle();
    int size = PQgetCopyData(handle, &buffer_, 1);
    if (size == 0) {
        if (PQconsumeInput(handle) == 0) throw connection_.error(nullptr);
        size = PQgetCopyData(handle, &buffer_, 1);
    }
    if (size > 0) return parse_frame(std::as_bytes(std::span(buffer_, static_cast<std::size_t>(size))));
    if (size == 0) return {};
    const std::unique_ptr<pg_result, decltype(&PQclear)> result(PQgetResult(handle), PQclear);
    throw connection_.error(result && PQresultStatus(result.get()) == PGRES_FATAL_ERROR ? result.get() : nullptr);
}

bool ReplicationStream::send(const StandbyStatus& status, PgMicros now, std::chrono::milliseconds limit) {
    auto* handle = connection_.handle();
    const auto frame = encode(status, now);
    if (PQputCopyData(handle, frame.data(), static_cast<int>(frame.size())) < 0) throw connection_.error(nullptr);
    while (const int more = PQflush(handle)) {
        if (more < 0) throw connection_.error(nullptr);
        if (!connection_.wait(true, limit)) return false;
        if (PQconsumeInput(handle) == 0) throw connection_.error(nullptr);
    }
    return true;
}

}
