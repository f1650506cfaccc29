/// What PostgreSQL 17 sent for the same transactions (two at once and one that is rolled back, subtransactions that are
/// kept or not, a message, a truncate) is in recorded/: by protocol 1, by protocol 2 with every change streamed at once
/// (debug_logical_replication_streaming=immediate), and by protocol 4 with streaming=parallel. A line is a frame: its
/// position and its payload.
#include "connectors/postgres/decoding/streamed_transactions.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::postgres;

namespace {

struct Sent {
    Lsn lsn = no_lsn;
    std::string payload = {};
    bool operator==(const Sent&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Sent& sent) {
    return out << to_string(sent.lsn) << ' ' << fmt::format("{:02x}", fmt::join(sent.payload, ""));
}

std::string from_hex(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
    }
    return bytes;
}

std::vector<Sent> recorded(const std::string& name) {
    std::ifstream file("tests/unit/connectors/postgres/decoding/recorded/" + name);
    std::vector<Sent> frames;
    for (std::string lsn, payload; file >> lsn >> payload;) {
        frames.push_back({.lsn = parse_lsn(lsn).value(), .payload = from_hex(payload)});
    }
    REQUIRE(frames.size() > 10);
    return frames;
}

Frame frame_of(const Sent& sent) {
    return {.start = sent.lsn,
            .wal_end = sent.lsn,
            .payload = std::as_bytes(std::span(sent.payload.data(), sent.payload.size()))};
}

/// What comes out for it, to the end of a transaction that it commits.
std::vector<Sent> fed(StreamedTransactions& streamed, const Sent& sent) {
    std::vector<Sent> out;
    for (auto frame = streamed.take(frame_of(sent)); frame; frame = streamed.next()) {
        out.push_back({.lsn = frame->start,
                       .payload = {reinterpret_cast<const char*>(frame->payload.data()), frame->payload.size()}});
    }
    return out;
}

std::vector<Sent> fed(StreamedTransactions& streamed, const std::vector<Sent>& frames) {
    std::vector<Sent> out;
    for (const auto& frame : frames) std::ranges::move(fed(streamed, frame), std::back_inserter(out));
    return out;
}

/// Tables are described once a connection, but once a streamed transaction.
std::vector<Sent> without_descriptions(std::vector<Sent> frames) {
    std::erase_if(frames, [](const Sent& sent) { return sent.payload[0] == 'R'; });
    return frames;
}

SpillLimits in_temporary_folder() { return {.folder = std::filesystem::temp_directory_path()}; }

std::string u32(std::uint32_t value) { return from_hex(fmt::format("{:08x}", value)); }
std::string u64(std::uint64_t value) { return from_hex(fmt::format("{:016x}", value)); }
Sent start(std::uint32_t xid, bool first = true) { return {.payload = "S" + u32(xid) + (first ? '\1' : '\0')}; }
Sent stop() { return {.payload = "E"}; }
/// An insert into table 1 of a row with one column.
Sent insert(std::uint32_t xid, const std::string& text, std::uint64_t lsn = 1) {
    const auto size = static_cast<std::uint32_t>(text.size());
    return {.lsn = Lsn{lsn}, .payload = "I" + u32(xid) + u32(1) + "N" + from_hex("0001") + "t" + u32(size) + text};
}
Sent rolled_back(std::uint32_t xid, std::uint32_t part) { return {.payload = "A" + u32(xid) + u32(part)}; }
Sent committed(std::uint32_t xid) { return {.payload = "c" + u32(xid) + '\0' + u64(1000) + u64(1001) + u64(7)}; }
/// As the server sends it: with the id of the whole transaction, whichever part it is of.
Sent emitted(std::uint32_t xid, const std::string& text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    return {.lsn = Lsn{1}, .payload = "M" + u32(xid) + '\1' + u64(1) + "prefix" + '\0' + u32(size) + text};
}
/// The texts of the messages that come out.
std::vector<std::string> messages(const std::vector<Sent>& frames) {
    std::vector<std::string> found;
    for (const auto& frame : frames) {
        if (frame.payload[0] == 'M') found.push_back(frame.payload.substr(21));
    }
    return found;
}
/// The texts of the rows that come out.
std::vector<std::string> texts(const std::vector<Sent>& frames) {
    std::vector<std::string> found;
    for (const auto& frame : frames) {
        if (frame.payload[0] == 'I') found.push_back(frame.payload.substr(13));
    }
    return found;
}

}

TEST_CASE("streamed transactions come out as protocol 1 sends them", "[postgres]") {
    const auto* name = GENERATE("protocol_2.txt", "protocol_4.txt");
    StreamedTransactions streamed(in_temporary_folder());
    const auto out = fed(streamed, recorded(name));
    CHECK(without_descriptions(out) == without_descriptions(recorded("protocol_1.txt")));
    CHECK(streamed.bytes() == 0);
}

TEST_CASE("each row of a streamed transaction comes after its table's description", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    std::set<std::string> described;
    for (const auto& frame : fed(streamed, recorded("protocol_2.txt"))) {
        const auto table = frame.payload.substr(1, 4);
        if (frame.payload[0] == 'R') described.insert(table);
        if (frame.payload[0] == 'I') CHECK(described.contains(table));
    }
}

TEST_CASE("what protocol 1 sends passes as it is", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    const auto frames = recorded("protocol_1.txt");
    CHECK(fed(streamed, frames) == frames);
}

TEST_CASE("a rolled back subtransaction takes with it what came since, and nothing before", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    // Rows long enough to reach the file.
    const std::string large(50'000, 'x');
    fed(streamed, {start(10), insert(10, "a" + large), insert(11, "b" + large), insert(12, "c" + large), stop()});
    fed(streamed, {rolled_back(10, 12), start(10, false), insert(11, "d"), stop()});
    SECTION("of the inner one") {
        CHECK(texts(fed(streamed, committed(10))) == std::vector{"a" + large, "b" + large, std::string("d")});
    }
    SECTION("of the outer one") {
        fed(streamed, {rolled_back(10, 11), start(10, false), insert(10, "e"), insert(13, "f"), stop()});
        CHECK(texts(fed(streamed, committed(10))) == std::vector{"a" + large, std::string("e"), std::string("f")});
    }
    SECTION("of one that changed nothing") {
        fed(streamed, rolled_back(10, 99));
        CHECK(texts(fed(streamed, committed(10))).size() == 3);
    }
    SECTION("of the whole") {
        fed(streamed, rolled_back(10, 10));
        CHECK_THROWS_AS(fed(streamed, committed(10)), DataException);
    }
    CHECK(streamed.bytes() == 0);
}

TEST_CASE("a transaction of which everything was rolled back does not come out", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    fed(streamed, {start(10), insert(11, "a"), stop(), rolled_back(10, 11)});
    CHECK(fed(streamed, committed(10)).empty());
}

TEST_CASE("a rolled back subtransaction takes the messages with it that came after its first row", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    fed(streamed, {start(10), emitted(10, "kept"), insert(10, "a"), insert(11, "b"), emitted(10, "gone"), stop()});
    fed(streamed, {rolled_back(10, 11), start(10, false), emitted(10, "after"), insert(10, "c"), stop()});
    const auto out = fed(streamed, committed(10));
    CHECK(messages(out) == std::vector<std::string>{"kept", "after"});
    CHECK(texts(out) == std::vector<std::string>{"a", "c"});
}

TEST_CASE("messages that may have been rolled back are not guessed at", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    fed(streamed, {start(10), insert(10, "a"), emitted(10, "of which?"), insert(11, "b"), stop()});
    SECTION("nothing was") {
        const auto out = fed(streamed, committed(10));
        CHECK(messages(out) == std::vector<std::string>{"of which?"});
    }
    SECTION("the part that it came before was") {
        fed(streamed, rolled_back(10, 11));
        fed(streamed, {start(10, false), insert(10, "c"), stop()});
        CHECK_THROWS_AS(fed(streamed, committed(10)), UnclearMessagesException);
    }
    SECTION("a part without rows was") {
        fed(streamed, rolled_back(10, 12));
        CHECK_THROWS_AS(fed(streamed, committed(10)), UnclearMessagesException);
    }
    SECTION("one was within another, which took the message with it") {
        fed(streamed, {start(10, false), emitted(10, "inner"), insert(12, "c"), stop()});
        fed(streamed, rolled_back(10, 12));
        SECTION("or did not") { CHECK_THROWS_AS(fed(streamed, committed(10)), UnclearMessagesException); }
        SECTION("or the whole was") { fed(streamed, rolled_back(10, 10)); }
    }
    SECTION("another transaction's was") {
        fed(streamed, {start(20), insert(21, "x"), stop(), rolled_back(20, 21)});
        CHECK(messages(fed(streamed, committed(10))) == std::vector<std::string>{"of which?"});
    }
}

TEST_CASE("a message within a subtransaction that goes as a whole leaves no doubt", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    fed(streamed, {start(10), insert(10, "a"), insert(11, "b"), emitted(10, "gone"), insert(12, "c"), stop()});
    fed(streamed, {rolled_back(10, 12), rolled_back(10, 11)});
    const auto out = fed(streamed, committed(10));
    CHECK(messages(out).empty());
    CHECK(texts(out) == std::vector<std::string>{"a"});
}

TEST_CASE("more rows than a buffer holds come out whole and in order", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    std::vector<std::string> rows;
    for (const auto size : {0, 1, 65'535, 65'536, 300'000, 2, 900'000}) rows.emplace_back(size, 'r');
    for (int i = 0; i < 20'000; ++i) rows.push_back(std::to_string(i));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        fed(streamed, {start(10, i == 0), insert(10, rows[i], i + 1), stop()});
    }
    CHECK(texts(fed(streamed, committed(10))) == rows);
    CHECK(streamed.bytes() == 0);
}

TEST_CASE("a description that came meanwhile is in force again after a streamed transaction", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    const Sent older{.payload = "R" + u32(10) + u32(1) + "older"};
    const Sent newer{.payload = "R" + u32(1) + "newer"};
    fed(streamed, {start(10), older, insert(10, "a"), stop()});
    CHECK(fed(streamed, newer).size() == 1);
    const auto out = fed(streamed, committed(10));
    REQUIRE(out.size() == 5);
    CHECK(out[1].payload == "R" + u32(1) + "older");
    CHECK(out[3].payload[0] == 'C');
    CHECK(out[4].payload == newer.payload);
}

TEST_CASE("streamed transactions keep to their limit of bytes", "[postgres]") {
    StreamedTransactions streamed({.folder = std::filesystem::temp_directory_path(), .most_bytes = 1000});
    fed(streamed, {start(10), insert(10, std::string(800, 'x')), stop()});
    fed(streamed, start(20));
    CHECK_THROWS_WITH(
        fed(streamed, insert(20, std::string(200, 'x'))),
        Catch::Contains("more than 1000 bytes") && Catch::Contains("millrace.streamed.transactions.max.bytes"));
}

TEST_CASE("a folder that cannot be written to is named", "[postgres]") {
    StreamedTransactions streamed({.folder = "/nowhere"});
    fed(streamed, start(10));
    CHECK_THROWS_WITH(fed(streamed, insert(10, std::string(100'000, 'x'))), Catch::Contains("/nowhere"));
}

TEST_CASE("streamed messages that do not follow each other are refused", "[postgres]") {
    StreamedTransactions streamed(in_temporary_folder());
    const auto wrong = GENERATE(std::vector{stop()}, std::vector{committed(10)}, std::vector{start(10, false)},
                                std::vector{start(10), start(11)}, std::vector{start(10), committed(10)},
                                std::vector{Sent{.payload = "S"}}, std::vector{start(10), Sent{.payload = "I"}},
                                std::vector{start(10), Sent{.payload = ""}});
    CHECK_THROWS_AS(fed(streamed, wrong), DataException);
}
