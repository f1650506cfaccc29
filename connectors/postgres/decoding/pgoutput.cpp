#include "connectors/postgres/decoding/pgoutput.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/core.h>

namespace millrace::postgres {
namespace {

/// Reads one message; every read checks what is left.
class Reader {
public:
    explicit Reader(std::span<const std::byte> payload) : payload_(payload), kind_(payload.empty() ? 0 : byte_at(0)) {}

    char kind() const noexcept { return static_cast<char>(kind_); }
    template <class T>
    T integer() {
        const auto* from = take(sizeof(T));
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i) value = (value << 8) | std::to_integer<std::uint64_t>(from[i]);
        return static_cast<T>(value);
    }
    Lsn lsn() { return Lsn{integer<std::uint64_t>()}; }
    PgMicros time() { return PgMicros{integer<std::int64_t>()}; }
    char character() { return static_cast<char>(integer<std::uint8_t>()); }
    std::string_view bytes(std::size_t count) { return {reinterpret_cast<const char*>(take(count)), count}; }
    std::string_view string() {
        const auto rest = payload_.subspan(at_);
        for (std::size_t i = 0; i < rest.size(); ++i) {
            if (rest[i] != std::byte{0}) continue;
            const auto text = bytes(i);
            ++at_;
            return text;
        }
        fail("a string without its end");
    }
    /// A count of things of which each takes at least `least_bytes`.
    std::size_t count(std::size_t value, std::size_t least_bytes) {
        if (value > (payload_.size() - at_) / least_bytes) fail("a count larger than the message");
        return value;
    }
    void expect_end() {
        if (at_ != payload_.size()) fail("bytes behind its end");
    }
    [[noreturn]] void fail(std::string_view what) const {
        const bool printable = kind_ >= 0x20 && kind_ < 0x7F;
        throw DataException(fmt::format("pgoutput message {} of {} bytes has {} at byte {}",
                                        printable ? fmt::format("'{}'", kind()) : fmt::format("0x{:02x}", kind_),
                                        payload_.size(), what, at_));
    }

private:
    std::uint8_t byte_at(std::size_t i) const noexcept { return std::to_integer<std::uint8_t>(payload_[i]); }
    const std::byte* take(std::size_t count) {
        if (payload_.size() - at_ < count) fail("too few bytes");
        const auto* from = payload_.data() + at_;
        at_ += count;
        return from;
    }

    std::span<const std::byte> payload_;
    std::size_t at_ = 0;
    std::uint8_t kind_;
};

Tuple read_tuple(Reader& in, std::vector<Column>& columns) {
    columns.resize(in.count(in.integer<std::uint16_t>(), 1));
    for (auto& column : columns) {
        switch (const char kind = in.character()) {
        case 'n':
            column = {.kind = Column::Kind::Null};
            break;
        case 'u':
            column = {.kind = Column::Kind::UnchangedToast};
            break;
        case 't': {
            const auto size = in.integer<std::uint32_t>();
            column = {.kind = Column::Kind::Text, .text = in.bytes(size)};
            break;
        }
        default:
            in.fail(fmt::format("a column of unknown kind 0x{:02x}", static_cast<unsigned char>(kind)));
        }
    }
    return columns;
}

Relation read_relation(Reader& in) {
    Relation relation;
    relation.id = in.integer<std::uint32_t>();
    relation.schema = in.string();
    relation.name = in.string();
    relation.replica_identity = in.character();
    relation.columns.resize(in.count(in.integer<std::uint16_t>(), 10));
    for (auto& column : relation.columns) {
        column.key = (in.integer<std::uint8_t>() & 1) != 0;
        column.name = in.string();
        column.type = in.integer<std::uint32_t>();
        column.typmod = in.integer<std::int32_t>();
    }
    return relation;
}

Truncate read_truncate(Reader& in) {
    Truncate truncate;
    const auto relations = in.integer<std::uint32_t>();
    const auto options = in.integer<std::uint8_t>();
    truncate.cascade = (options & 1) != 0;
    truncate.restart_identity = (options & 2) != 0;
    truncate.relations.resize(in.count(relations, 4));
    for (auto& relation : truncate.relations) relation = in.integer<std::uint32_t>();
    return truncate;
}

Update read_update(Reader& in, std::vector<Column>& old_row, std::vector<Column>& new_row) {
    Update update{.relation = in.integer<std::uint32_t>()};
    char kind = in.character();
    if (kind == 'K' || kind == 'O') {
        update.old_kind = kind == 'K' ? OldRow::Key : OldRow::Full;
        update.old_row = read_tuple(in, old_row);
        kind = in.character();
    }
    if (kind != 'N') in.fail("no new row");
    update.new_row = read_tuple(in, new_row);
    return update;
}

Delete read_delete(Reader& in, std::vector<Column>& old_row) {
    Delete message{.relation = in.integer<std::uint32_t>()};
    const char kind = in.character();
    if (kind != 'K' && kind != 'O') in.fail("no old row");
    message.old_kind = kind == 'K' ? OldRow::Key : OldRow::Full;
    message.old_row = read_tuple(in, old_row);
    return message;
}

Insert read_insert(Reader& in, std::vector<Column>& new_row) {
    Insert insert{.relation = in.integer<std::uint32_t>()};
    if (in.character() != 'N') in.fail("no new row");
    insert.row = read_tuple(in, new_row);
    return insert;
}

LogicalMessage read_logical_message(Reader& in) {
    LogicalMessage message;
    message.transactional = (in.integer<std::uint8_t>() & 1) != 0;
    message.lsn = in.lsn();
    message.prefix = in.string();
    const auto size = in.integer<std::uint32_t>();
    message.content = in.bytes(size);
    return message;
}

Begin read_begin(Reader& in) {
    const auto final_lsn = in.lsn();
    const auto time = in.time();
    return {.final_lsn = final_lsn, .commit_time = time, .xid = in.integer<std::uint32_t>()};
}

Commit read_commit(Reader& in) {
    in.integer<std::uint8_t>();  // flags, none defined
    const auto commit = in.lsn();
    const auto end = in.lsn();
    return {.commit_lsn = commit, .end_lsn = end, .commit_time = in.time()};
}

TypeMessage read_type(Reader& in) {
    const auto id = in.integer<std::uint32_t>();
    const auto schema = in.string();
    return {.id = id, .schema = schema, .name = in.string()};
}

OriginMessage read_origin(Reader& in) {
    const auto lsn = in.lsn();
    return {.lsn = lsn, .name = in.string()};
}

}

std::span<const Message> PgOutputDecoder::decode(std::string_view payload, Arena&) {
    message_ = decode(std::as_bytes(std::span(payload.data(), payload.size())));
    return {&message_, 1};
}

Message PgOutputDecoder::decode(std::span<const std::byte> payload) {
    Reader in(payload);
    Message message;
    switch (payload.empty() ? '\0' : in.character()) {
    case 'I':
        message = read_insert(in, new_row_);
        break;
    case 'U':
        message = read_update(in, old_row_, new_row_);
        break;
    case 'D':
        message = read_delete(in, old_row_);
        break;
    case 'B':
        message = read_begin(in);
        break;
    case 'C':
        message = read_commit(in);
        break;
    case 'R':
        message = read_relation(in);
        break;
    case 'T':
        message = read_truncate(in);
        break;
    case 'M':
        message = read_logical_message(in);
        break;
    case 'O':
        message = read_origin(in);
        break;
    case 'Y':
        message = read_type(in);
        break;
    case 'S':
    case 'E':
    case 'c':
    case 'A':
        in.fail("a streamed transaction, which protocol version 1 does not have,");
    case 'b':
    case 'P':
    case 'K':
    case 'r':
    case 'p':
        in.fail("a prepared transaction, which protocol version 1 does not have,");
    default:
        in.fail("an unknown kind");
    }
    in.expect_end();
    return message;
}

}
