#include "connectors/postgres/decoding/pgoutput.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

std::vector<std::byte> from_hex(std::string_view digits) {
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
    }
    return bytes;
}

/// Messages that PostgreSQL 15 sent for
/// create table t(id int primary key, v text, n numeric(5,2))
/// begin; insert into t values (1,'a',null),(2,E'x\ty',3.5); update t set id=3 where id=1; delete from t where id=2;
/// commit
struct Captured {
    std::vector<std::byte> payload;
    PgOutputDecoder decoder;
    Message message;
    explicit Captured(std::string_view hex) : payload(from_hex(hex)), message(decoder.decode(payload)) {}
    template <class T>
    const T& as() const {
        return std::get<T>(message);
    }
};

constexpr auto relation_t =
    "520000620f7075626c69630074006400030169640000000017ffffffff00760000000019ffffffff006e00000006a400050006";
constexpr auto update_key = "550000620f4b00037400000001316e6e4e00037400000001337400000001616e";

}

TEST_CASE("a transaction's begin and commit are read", "[postgres]") {
    const Captured begin("420000000026bbc660000303c12ce9b93300000ba4");
    CHECK(begin.as<Begin>().final_lsn == Lsn{0x26BBC660});
    CHECK(begin.as<Begin>().xid == 0xBA4);
    const Captured commit("43000000000026bbc6600000000026bbc690000303c12ce9b933");
    CHECK(commit.as<Commit>().commit_lsn == Lsn{0x26BBC660});
    CHECK(commit.as<Commit>().end_lsn == Lsn{0x26BBC690});
    CHECK(commit.as<Commit>().commit_time == begin.as<Begin>().commit_time);
}

TEST_CASE("a relation names its columns, types and key", "[postgres]") {
    const Captured captured(relation_t);
    const auto& relation = captured.as<Relation>();
    CHECK(relation.id == 0x620F);
    CHECK(relation.schema == "public");
    CHECK(relation.name == "t");
    CHECK(relation.replica_identity == 'd');
    REQUIRE(relation.columns.size() == 3);
    CHECK(relation.columns[0].key);
    CHECK(relation.columns[0].name == "id");
    CHECK(relation.columns[0].type == 23);
    CHECK_FALSE(relation.columns[2].key);
    CHECK(relation.columns[2].typmod == 0x50006);
}

TEST_CASE("rows are read with their nulls", "[postgres]") {
    const Captured insert("490000620f4e000374000000013274000000037809797400000004332e3530");
    const auto& row = insert.as<Insert>().row;
    REQUIRE(row.size() == 3);
    CHECK(row[0].text == "2");
    CHECK(row[1].text == "x\ty");
    CHECK(row[2].text == "3.50");
    const Captured with_null("490000620f4e00037400000001317400000001616e");
    CHECK(with_null.as<Insert>().row[2].kind == Column::Kind::Null);
}

TEST_CASE("an update of the key has the old key and the new row", "[postgres]") {
    const Captured captured(update_key);
    const auto& update = captured.as<Update>();
    CHECK(update.old_kind == OldRow::Key);
    CHECK(update.old_row[0].text == "1");
    CHECK(update.old_row[1].kind == Column::Kind::Null);
    CHECK(update.new_row[0].text == "3");
    CHECK(update.new_row[1].text == "a");
}

TEST_CASE("a TOAST value that did not change is not sent", "[postgres]") {
    const Captured captured("55000062164e000374000000013175740000000132");
    const auto& update = captured.as<Update>();
    CHECK(update.old_kind == OldRow::Absent);
    CHECK(update.new_row[1].kind == Column::Kind::UnchangedToast);
    CHECK(update.new_row[2].text == "2");
}

TEST_CASE("deletes, truncates and logical messages are read", "[postgres]") {
    const Captured removed("440000620f4b00037400000001326e6e");
    CHECK(removed.as<Delete>().old_kind == OldRow::Key);
    CHECK(removed.as<Delete>().old_row[0].text == "2");
    const Captured full("550000620f4f00037400000001337400000001616e4e00037400000001337400000001626e");
    CHECK(full.as<Update>().old_kind == OldRow::Full);
    CHECK(full.as<Update>().old_row[1].text == "a");
    const Captured truncate("5400000002000000620f00006216");
    CHECK(truncate.as<Truncate>().relations == std::vector<std::uint32_t>{0x620F, 0x6216});
    CHECK_FALSE(truncate.as<Truncate>().cascade);
    const Captured message("4d010000000026bbf1a87072650000000004626f6479");
    CHECK(message.as<LogicalMessage>().transactional);
    CHECK(message.as<LogicalMessage>().lsn == Lsn{0x26BBF1A8});
    CHECK(message.as<LogicalMessage>().prefix == "pre");
    CHECK(message.as<LogicalMessage>().content == "body");
}

TEST_CASE("every cut-off message is refused, none is read past its end", "[postgres]") {
    for (const auto* whole :
         {relation_t, update_key, "5400000002000000620f00006216", "4d010000000026bbf1a87072650000000004626f6479",
          "420000000026bbc660000303c12ce9b93300000ba4"}) {
        const auto payload = from_hex(whole);
        for (std::size_t size = 0; size < payload.size(); ++size) {
            PgOutputDecoder decoder;
            CHECK_THROWS_AS(decoder.decode(std::span(payload).first(size)), DataException);
        }
        auto longer = payload;
        longer.push_back(std::byte{0});
        PgOutputDecoder decoder;
        CHECK_THROWS_AS(decoder.decode(longer), DataException);
    }
}

TEST_CASE("what protocol 1 does not have is refused by name", "[postgres]") {
    PgOutputDecoder decoder;
    CHECK_THROWS_WITH(decoder.decode(from_hex("530000000101")), Catch::Contains("streamed transaction"));
    CHECK_THROWS_WITH(decoder.decode(from_hex("62000000")), Catch::Contains("prepared transaction"));
    CHECK_THROWS_WITH(decoder.decode(from_hex("7a")), Catch::Contains("unknown kind"));
}
