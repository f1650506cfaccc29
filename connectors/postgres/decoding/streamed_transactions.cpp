#include "connectors/postgres/decoding/streamed_transactions.hpp"

#include "connectors/support/byte_reader.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

constexpr std::string_view subject = "pgoutput message of a streamed transaction";

std::string_view text_of(const Frame& frame) noexcept {
    return {reinterpret_cast<const char*>(frame.payload.data()), frame.payload.size()};
}

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) to.push_back(static_cast<char>((value >> shift) & 0xFF));
}

/// Of a Relation message of protocol 1.
std::uint32_t described_table(std::string_view message) { return ByteReader(message.substr(1), subject).u32("table"); }

}

Frame StreamedTransactions::handed_out(Lsn start, std::string_view payload) const noexcept {
    return {.kind = Frame::Kind::Data,
            .start = start,
            .wal_end = committed_ ? committed_->wal_end : start,
            .payload = std::as_bytes(std::span(payload.data(), payload.size()))};
}

std::optional<Frame> StreamedTransactions::take(const Frame& frame) {
    const auto message = text_of(frame);
    const char kind = message.empty() ? '\0' : message[0];
    const bool between = kind == 'S' || kind == 'c' || kind == 'A';
    if (between && block_) throw DataException(fmt::format("{}: '{}' within a block of changes", subject, kind));
    switch (kind) {
    case 'S':
        begin_block(message);
        return {};
    case 'E':
        if (!block_) throw DataException(fmt::format("{}: the end of a block that did not begin", subject));
        block_.reset();
        return {};
    case 'c':
        return commit(frame, message);
    case 'A':
        roll_back(message);
        return {};
    default:
        break;
    }
    if (!block_) {
        if (kind == 'R') note_description(message);
        return frame;
    }
    keep(frame, message);
    return {};
}

void StreamedTransactions::begin_block(std::string_view message) {
    ByteReader in(message.substr(1), subject);
    const auto xid = in.u32("transaction");
    const bool first = in.u8("first block") != 0;
    in.expect_end();
    const auto at = open_.find(xid);
    if (!first && at == open_.end()) in.fail("transaction", fmt::format("{} did not begin", xid));
    if (first) {
        if (at != open_.end()) forget(at);
        open_.try_emplace(xid, limits_.folder);
    }
    block_ = xid;
}

void StreamedTransactions::keep(const Frame& frame, std::string_view message) {
    auto& transaction = open_.at(*block_);
    ByteReader in(message, subject);
    const auto kind = in.bytes(1, "kind");
    // The Origin is of the whole transaction and comes without an id.
    const auto xid = kind == "O" ? *block_ : in.u32("transaction");
    const auto rest = message.substr(in.offset());
    const auto more = SpillFile::bytes_of(kind.size() + rest.size());
    if (more > limits_.most_bytes - bytes_) {
        throw ConnectException(
            fmt::format("Streamed transactions that have not committed take more than {} bytes in {}: raise "
                        "millrace.streamed.transactions.max.bytes, or take 'streaming' out of slot.stream.params, "
                        "then the server keeps them",
                        limits_.most_bytes, limits_.folder));
    }
    if (kind == "R") transaction.descriptions.erase(in.u32("table"));
    note_messages(transaction, kind, xid != *block_);
    if (transaction.parts_known.insert(xid).second) {
        transaction.parts.push_back({.xid = xid, .begin = transaction.changes.size()});
    }
    if (transaction.first == no_lsn) transaction.first = frame.start;
    transaction.changes.append(frame.start, kind, rest);
    bytes_ += more;
}

/// Messages carry the transaction's own id, whichever subtransaction they are of. A row of the transaction itself shows
/// that no subtransaction was under way, so what came before it stays.
void StreamedTransactions::note_messages(Transaction& transaction, std::string_view kind, bool of_subtransaction) {
    if (kind == "M") {
        if (!transaction.open_message) transaction.open_message = transaction.changes.size();
    } else if (!of_subtransaction && std::string_view("IUDT").find(kind) != std::string_view::npos) {
        transaction.open_message.reset();
    }
}

void StreamedTransactions::roll_back(std::string_view message) {
    ByteReader in(message.substr(1), subject);
    const auto xid = in.u32("transaction");
    const auto part = in.u32("subtransaction");
    if (!in.at_end()) {  // with streaming=parallel
        in.u64("position of the abort");
        in.u64("time of the abort");
    }
    in.expect_end();
    const auto at = open_.find(xid);
    if (at == open_.end()) return;
    if (part == xid) return forget(at);
    auto& transaction = at->second;
    const auto before = transaction.changes.size();
    if (transaction.parts_known.contains(part)) cut(transaction, part);
    bytes_ -= before - transaction.changes.size();
    if (transaction.changes.size() == 0) transaction.first = no_lsn;
    const auto gone = [&](std::optional<std::uint64_t> position) {
        return position && *position >= transaction.changes.size();
    };
    if (gone(transaction.open_message)) transaction.open_message.reset();
    if (gone(transaction.unclear_message)) transaction.unclear_message.reset();
    if (!transaction.unclear_message) transaction.unclear_message = transaction.open_message;
}

/// What follows the first change of a subtransaction is its own, or of subtransactions within it: all of it goes.
void StreamedTransactions::cut(Transaction& transaction, Xid part) {
    for (bool found = false; !found;) {
        const auto last = transaction.parts.back();
        found = last.xid == part;
        transaction.changes.truncate(last.begin);
        transaction.parts_known.erase(last.xid);
        transaction.parts.pop_back();
    }
}

void StreamedTransactions::forget(std::map<Xid, Transaction>::iterator transaction) noexcept {
    bytes_ -= transaction->second.changes.size();
    open_.erase(transaction);
}

std::optional<Frame> StreamedTransactions::commit(const Frame& frame, std::string_view message) {
    ByteReader in(message.substr(1), subject);
    const auto xid = in.u32("transaction");
    const auto rest = message.substr(1 + in.offset());  // flags, positions and time stand as in a Commit
    in.u8("flags");
    const auto commit_lsn = in.u64("commit position");
    in.u64("end of the commit");
    const auto time = in.u64("commit time");
    in.expect_end();
    const auto at = open_.find(xid);
    if (at == open_.end()) in.fail("transaction", fmt::format("{} did not begin", xid));
    if (at->second.changes.size() == 0) {  // everything was rolled back: not sent in protocol 1 either
        forget(at);
        return {};
    }
    if (at->second.unclear_message) {
        throw UnclearMessagesException(fmt::format(
            "Transaction {} has logical messages, and the server does not say which of them were rolled back", xid));
    }
    committed_ =
        Committed{.transaction = at, .end = fmt::format("C{}", rest), .end_lsn = frame.start, .wal_end = frame.wal_end};
    text_ = "B";
    append_big_endian(text_, commit_lsn, sizeof commit_lsn);
    append_big_endian(text_, time, sizeof time);
    append_big_endian(text_, xid, sizeof xid);
    return handed_out(at->second.first, text_);
}

std::optional<Frame> StreamedTransactions::next() {
    if (!committed_) return {};
    auto& transaction = committed_->transaction->second;
    if (const auto record = transaction.changes.read()) {
        if (record->payload.starts_with('R')) note_description(record->payload);
        return handed_out(record->lsn, record->payload);
    }
    if (!committed_->ended) {
        committed_->ended = true;
        return handed_out(committed_->end_lsn, committed_->end);
    }
    if (!transaction.descriptions.empty()) {
        text_ = std::move(transaction.descriptions.extract(transaction.descriptions.begin()).mapped());
        return handed_out(no_lsn, text_);
    }
    forget(committed_->transaction);
    committed_.reset();
    return {};
}

/// A table is described once, so the description must outlast those that are kept from before it.
void StreamedTransactions::note_description(std::string_view message) {
    for (auto& [xid, transaction] : open_) {
        const bool handed_out_now = committed_ && committed_->transaction->first == xid;
        if (!handed_out_now) transaction.descriptions[described_table(message)] = message;
    }
}

}
