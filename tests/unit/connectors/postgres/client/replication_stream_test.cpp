#include "connectors/postgres/client/replication_stream.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

}

TEST_CASE("frames of the stream are told apart", "[postgres]") {
    using namespace std::string_literals;
    const auto data = "w\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0\3\0\0\0\0\0\0\0\0BODY"s;
    const auto frame = parse_frame(bytes(data));
    CHECK(frame.kind == Frame::Kind::Data);
    CHECK(frame.start == Lsn{0x100000002});
    CHECK(frame.wal_end == Lsn{0x100000003});
    CHECK(frame.payload.size() == 4);

    const auto keepalive = "k\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\1"s;
    const auto alive = parse_frame(bytes(keepalive));
    CHECK(alive.kind == Frame::Kind::Keepalive);
    CHECK(alive.wal_end == Lsn{7});
    CHECK(alive.reply_requested);
}

TEST_CASE("a frame that is short or unknown is refused", "[postgres]") {
    for (const auto* text : {"", "w", "k1234567", "x12345678901234567890123456"}) {
        INFO(text);
        CHECK_THROWS_AS(parse_frame(bytes(text)), DataException);
    }
}

TEST_CASE("a status says what was received and what may be discarded", "[postgres]") {
    const auto frame = encode({.received = Lsn{0x0102}, .flushed = Lsn{0x01}}, PgMicros{2});
    REQUIRE(frame.size() == 34);
    CHECK(frame[0] == 'r');
    CHECK(frame[7] == 1);
    CHECK(frame[8] == 2);
    CHECK(frame[16] == 1);
    CHECK(frame[24] == 1);
    CHECK(frame[32] == 2);
    CHECK(frame[33] == 0);
}
