#include "connectors/api/errors.hpp"
#include "connectors/postgres/decoding/decoderbufs.hpp"
#include "connectors/postgres/decoding/wal2json.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

/// One table, t(id int4, note text, d date), as the catalog has it.
struct Tables : TableDirectory {
    std::optional<DescribedTable> describe(const std::string& schema, const std::string& table) override {
        ++asked;
        if (schema != "public" || table != "t") return {};
        return DescribedTable{
            .id = 16400, .replica_identity = identity, .columns = {{"id", 23, -1}, {"note", 25, -1}, {"d", 1082, -1}}};
    }
    char identity = 'd';
    int asked = 0;
};

std::string shown(Tuple row) {
    std::string text;
    for (const auto& column : row) {
        text += column.kind == Column::Kind::Null             ? "[null]"
                : column.kind == Column::Kind::UnchangedToast ? "[toast]"
                                                              : "[" + std::string(column.text) + "]";
    }
    return text;
}

const Relation& relation_of(std::span<const Message> messages) { return std::get<Relation>(messages.front()); }

std::string field(int number, std::string_view bytes) {
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + std::string(bytes);
}
std::string varint(int number, std::uint64_t value) {
    std::string out{static_cast<char>(number << 3)};
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    return out + static_cast<char>(value);
}
std::string datum(std::string_view name, std::uint64_t type, const std::string& value) {
    return field(1, name) + varint(2, type) + value;
}

constexpr int op_insert = 0, op_update = 1, op_delete = 2, op_begin = 3, op_commit = 4;

std::string row_of(int op, const std::string& rest) {
    return varint(1, 747) + varint(2, 1'795'260'226'477'900) + field(3, "public.t") +
           varint(4, static_cast<unsigned>(op)) + rest;
}

}

TEST_CASE("decoderbufs begins and commits", "[postgres]") {
    Tables tables;
    DecoderbufsDecoder decoder(tables);
    Arena arena;
    const auto begin = std::get<Begin>(decoder.decode(row_of(op_begin, ""), arena).front());
    CHECK(begin.xid == 747);
    CHECK(unix_micros(begin.commit_time) == 1'795'260'226'477'900);
    const auto commit = std::get<Commit>(decoder.decode(row_of(op_commit, ""), arena).front());
    CHECK(unix_micros(commit.commit_time) == 1'795'260'226'477'900);
}

TEST_CASE("rows of decoderbufs have pgoutput's texts, behind a description of their table", "[postgres]") {
    Tables tables;
    DecoderbufsDecoder decoder(tables);
    Arena arena;
    const auto id = field(5, datum("id", 23, varint(3, 7)));
    const auto insert = row_of(
        op_insert, id + field(5, datum("note", 25, field(8, "n"))) + field(5, datum("d", 1082, varint(3, 19724))));
    const auto first = decoder.decode(insert, arena);
    REQUIRE(first.size() == 2);
    CHECK(relation_of(first).id == 16400);
    CHECK(relation_of(first).columns.size() == 3);
    CHECK(shown(std::get<Insert>(first[1]).row) == "[7][n][2024-01-02]");
    CHECK(decoder.decode(insert, arena).size() == 1);

    const auto toast =
        row_of(op_update, id + field(5, datum("note", 25, varint(11, 1))) + field(5, datum("d", 1082, "")));
    const auto update = std::get<Update>(decoder.decode(toast, arena).back());
    CHECK(update.old_kind == OldRow::Absent);
    CHECK(shown(update.new_row) == "[7][toast][null]");

    const auto gone = row_of(op_delete, field(6, datum("id", 23, varint(3, 7))));
    const auto removed = std::get<Delete>(decoder.decode(gone, arena).back());
    CHECK(removed.old_kind == OldRow::Key);
    CHECK(shown(removed.old_row) == "[7][null][null]");
    CHECK(tables.asked == 1);

    const auto wider = row_of(op_insert, id + field(5, datum("new", 25, field(8, "n"))));
    CHECK(decoder.decode(wider, arena).size() == 2);
    CHECK(tables.asked == 2);
}

TEST_CASE("numbers of decoderbufs become the texts of their types", "[postgres]") {
    Tables tables;
    DecoderbufsDecoder decoder(tables);
    Arena arena;
    const auto text = [&](std::uint64_t type, const std::string& value) {
        const auto row = varint(4, 0) + field(3, "public.other") + field(5, datum("c", type, value));
        return shown(std::get<Insert>(decoder.decode(row, arena).back()).row);
    };
    CHECK(text(1114, varint(4, 1'704'067'200'500'000)) == "[2024-01-01 00:00:00.500000]");
    CHECK(text(1184, varint(4, 1'704'060'000'000'000)) == "[2023-12-31 22:00:00+00]");
    CHECK(text(1114, varint(4, 9223372036854775807ULL)) == "[infinity]");
    CHECK(text(1184, varint(4, 9223372036854775808ULL)) == "[-infinity]");
    CHECK(text(1114, varint(4, static_cast<std::uint64_t>(-62'167'219'200'000'001))) ==
          "[0002-12-31 23:59:59.999999 BC]");
    CHECK(text(1083, varint(4, 43'200'500'000)) == "[12:00:00.500000]");
    const auto timetz = [&](std::string_view micros) { return text(1266, '\x31' + std::string(micros)); };
    CHECK(timetz(std::string("\0\0\0\0\0\0\0\x80", 8)) == "[00:00:00+00]");
    CHECK(timetz(std::string("\0\0\0\0\x80\x84\x2e\xc1", 8)) == "[23:59:59+00]");
    CHECK(text(790, varint(4, static_cast<std::uint64_t>(std::int64_t{-150}))) == "[-$1.50]");
    CHECK(text(16, varint(7, 1)) == "[t]");
    CHECK(text(17, field(9, "\x01\xff")) == "[\\x01ff]");
    CHECK(text(628, field(9, "{1,2,3}")) == "[{1,2,3}]");
    CHECK(text(600, field(10, std::string("\x09\0\0\0\0\0\0\xf0\x3f\x11\0\0\0\0\0\0\0\x40", 18))) == "[(1,2)]");
}

TEST_CASE("what decoderbufs wraps around is what Debezium takes it for, or right", "[postgres]") {
    Tables tables;
    Arena arena;
    DecoderbufsDecoder like_debezium(tables), exact(tables, false);
    const auto text = [&](DecoderbufsDecoder& decoder, std::uint64_t type, const std::string& value) {
        const auto row = varint(4, 0) + field(3, "public.other") + field(5, datum("c", type, value));
        return shown(std::get<Insert>(decoder.decode(row, arena).back()).row);
    };
    // 294276-12-31 23:59:59, 294247-01-02 00:00:00 and the last one before it
    const auto wrapped = varint(4, 9'224'318'015'999'000'000ULL), late = varint(4, 9'223'371'331'200'000'000),
               last = varint(4, 9'223'371'331'199'999'999);
    const auto infinite_day = varint(3, static_cast<std::uint64_t>(std::int64_t{-2147472692}));
    const auto minus_infinite_day = varint(3, static_cast<std::uint64_t>(std::int64_t{-2147472691}));
    CHECK(text(like_debezium, 1114, wrapped) == "[-infinity]");
    CHECK(text(like_debezium, 1184, wrapped) == "[-infinity]");
    CHECK(text(like_debezium, 1184, late) == "[infinity]");
    CHECK(text(like_debezium, 1184, last) == "[294247-01-01 23:59:59.999999+00]");
    CHECK(text(like_debezium, 1082, infinite_day) == "[5877612-06-21 BC]");
    CHECK(text(like_debezium, 1082, minus_infinite_day) == "[-infinity]");
    CHECK(text(exact, 1114, wrapped) == "[294276-12-31 23:59:59]");
    CHECK(text(exact, 1184, wrapped) == "[294276-12-31 23:59:59+00]");
    CHECK(text(exact, 1184, late) == "[294247-01-02 00:00:00+00]");
    CHECK(text(exact, 1082, infinite_day) == "[infinity]");
    CHECK(text(exact, 1114, varint(4, 9223372036854775807ULL)) == "[infinity]");
    CHECK(text(exact, 1114, varint(4, 9223372036854775808ULL)) == "[-infinity]");
}

TEST_CASE("arrays of times have a precision with decoderbufs where Debezium's defects are not wanted", "[postgres]") {
    struct : TableDirectory {
        std::optional<DescribedTable> describe(const std::string&, const std::string&) override {
            return DescribedTable{.id = 1, .columns = {{"a", 1183, 0}, {"b", 1270, 3}, {"c", 1083, 0}, {"d", 1015, 9}}};
        }
    } tables;
    Arena arena;
    const auto columns = [](int tuple) {
        return field(tuple, datum("a", 1183, field(9, "{}"))) + field(tuple, datum("b", 1270, "")) +
               field(tuple, datum("c", 1083, "")) + field(tuple, datum("d", 1015, ""));
    };
    const auto modifiers = [&](DecoderbufsDecoder& decoder, int op, int tuple) {
        std::vector<std::int32_t> all;
        for (const auto& column : relation_of(decoder.decode(row_of(op, columns(tuple)), arena)).columns) {
            all.push_back(column.typmod);
        }
        return all;
    };
    DecoderbufsDecoder like_debezium(tables), exact(tables, false);
    CHECK(modifiers(like_debezium, op_delete, 6) == std::vector{0, 3, 0, 9});
    CHECK(modifiers(like_debezium, op_insert, 5) == std::vector{-1, -1, 0, 9});
    CHECK(like_debezium.decode(row_of(op_delete, columns(6)), arena).size() == 1);
    CHECK(modifiers(exact, op_insert, 5) == std::vector{0, 3, 0, 9});
}

TEST_CASE("what is no message of decoderbufs is refused", "[postgres]") {
    Tables tables;
    DecoderbufsDecoder decoder(tables);
    Arena arena;
    CHECK_THROWS_AS(decoder.decode("\xff\xff\xff", arena), DataException);
    CHECK_THROWS_AS(decoder.decode(varint(1, 7), arena), DataException);
    CHECK_THROWS_AS(decoder.decode(varint(4, 0) + field(3, "no_schema"), arena), DataException);
}

TEST_CASE("names of decoderbufs lose their quotes", "[postgres]") {
    const auto name = parse_qualified_name(R"("a.b"."c""d")");
    CHECK(name.schema == "a.b");
    CHECK(name.table == "c\"d");
    CHECK(parse_qualified_name("public.t").table == "t");
    CHECK(unquoted("plain") == "plain");
    CHECK(unquoted("\"We ird\"") == "We ird");
}

TEST_CASE("rows of wal2json have pgoutput's texts", "[postgres]") {
    Tables tables;
    Wal2JsonDecoder decoder(tables);
    Arena arena;
    const auto begin = std::get<Begin>(
        decoder
            .decode(
                R"({"action":"B","xid":5,"timestamp":"2026-11-21 11:36:21.687327+00","lsn":"0/10","nextlsn":"0/18"})",
                arena)
            .front());
    CHECK(begin.xid == 5);
    CHECK(begin.final_lsn == Lsn{16});
    CHECK(unix_micros(begin.commit_time) == 1'795'260'981'687'327);
    const auto insert = decoder.decode(
        R"({"action":"I","schema":"public","table":"t","columns":[{"name":"id","type":"integer","typeoid":23,"value":7},)"
        R"({"name":"note","type":"text","typeoid":25,"value":"a\"b"},{"name":"d","type":"date","typeoid":1082,"value":null}]})",
        arena);
    REQUIRE(insert.size() == 2);
    CHECK(shown(std::get<Insert>(insert[1]).row) == "[7][a\"b][null]");
    CHECK(
        std::get<Truncate>(decoder.decode(R"({"action":"T","schema":"public","table":"t"})", arena).back()).relations ==
        std::vector<std::uint32_t>{16400});
    const auto message = std::get<LogicalMessage>(
        decoder.decode(R"({"action":"M","transactional":true,"lsn":"0/20","prefix":"p","content":"c"})", arena)
            .front());
    CHECK(message.transactional);
    CHECK(message.content == "c");
}

TEST_CASE("an update of wal2json tells the old key only where it changed, and lacks what is stored elsewhere",
          "[postgres]") {
    Tables tables;
    Wal2JsonDecoder decoder(tables);
    Arena arena;
    const auto update = [&](const std::string& old_id) {
        const auto text = R"({"action":"U","schema":"public","table":"t","columns":[{"name":"id","type":"integer",)"
                          R"("typeoid":23,"value":8},{"name":"d","type":"date","typeoid":1082,"value":"2024-01-02"}],)"
                          R"("identity":[{"name":"id","type":"integer","typeoid":23,"value":)" +
                          old_id + "}]}";
        return std::get<Update>(decoder.decode(arena.copy(text), arena).back());
    };
    const auto same = update("8");
    CHECK(same.old_kind == OldRow::Absent);
    CHECK(shown(same.new_row) == "[8][toast][2024-01-02]");
    const auto changed = update("7");
    CHECK(changed.old_kind == OldRow::Key);
    CHECK(shown(changed.old_row) == "[7][null][null]");
    CHECK(tables.asked == 1);
    tables.identity = 'f';
    Wal2JsonDecoder full(tables);
    const auto removed = std::get<Delete>(
        full.decode(R"({"action":"D","schema":"public","table":"t","identity":[{"name":"id","type":"integer",)"
                    R"("typeoid":23,"value":7}]})",
                    arena)
            .back());
    CHECK(removed.old_kind == OldRow::Full);
}

TEST_CASE("what is no message of wal2json is refused", "[postgres]") {
    Tables tables;
    Wal2JsonDecoder decoder(tables);
    Arena arena;
    CHECK_THROWS_AS(decoder.decode("{", arena), DataException);
    CHECK_THROWS_AS(decoder.decode("{}", arena), DataException);
    CHECK_THROWS_AS(decoder.decode(R"({"action":"X"})", arena), DataException);
}
