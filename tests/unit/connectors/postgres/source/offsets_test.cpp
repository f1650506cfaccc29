#include "connectors/postgres/source/offsets.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

std::string keys_of(OffsetEntries entries) {
    std::string keys;
    for (const auto& e : entries) keys += (keys.empty() ? "" : " ") + std::string(e.key);
    return keys;
}

}

TEST_CASE("offsets have Debezium's keys in Debezium's order", "[postgres]") {
    Arena arena;
    OffsetState state{.lsn = Lsn{26538584},
                      .processed = Lsn{26538584},
                      .committed = Lsn{26538480},
                      .events_with_lsn = 1,
                      .tx_id = 734,
                      .ts_usec = 1795225950620730,
                      .message = MessageType::Update};
    CHECK(keys_of(write_offset(state, arena)) ==
          "lsn_proc lsn_events_processed messageType lsn_commit lsn txId ts_usec");
    state.transaction_id = "734";
    state.collection_order = {{"public.c1", {.count = 1}}};
    const auto with_transaction = keys_of(write_offset(state, arena));
    CHECK(with_transaction.starts_with("transaction_id "));
    CHECK(with_transaction.find("transaction_data_collection_order_public.c1") != std::string::npos);
    const OffsetState snapshot{.lsn = Lsn{1}, .tx_id = 2, .ts_usec = 3, .snapshot = SnapshotKind::Initial};
    CHECK(keys_of(write_offset(snapshot, arena)) ==
          "last_snapshot_record lsn txId ts_usec snapshot snapshot_completed");
}

TEST_CASE("an offset that was written is read back", "[postgres]") {
    Arena arena;
    const OffsetState state{.lsn = Lsn{UINT64_MAX - 1},
                            .processed = Lsn{7},
                            .committed = Lsn{6},
                            .events_with_lsn = 3,
                            .tx_id = 5,
                            .ts_usec = 4,
                            .message = MessageType::Truncate,
                            .transaction_id = "5",
                            .collection_order = {{"a.b", {.count = 2}}}};
    const auto read = read_offset(write_offset(state, arena));
    CHECK(read.lsn == state.lsn);
    CHECK(read.processed == state.processed);
    CHECK(read.committed == state.committed);
    CHECK(read.events_with_lsn == 3);
    CHECK(read.tx_id == 5);
    CHECK(read.message == MessageType::Truncate);
    CHECK(read.transaction_id == "5");
    CHECK(read.collection_order == state.collection_order);
}

TEST_CASE("each table of an offset has a place of its own", "[postgres]") {
    const OffsetEntry entries[] = {{"lsn", Value::int64(100)},
                                   {"transaction_data_collection_order_public.a", Value::int64(0)},
                                   {"transaction_data_collection_order_public.a", Value::int64(2)},
                                   {"transaction_data_collection_order_public.b", Value::int64(1)}};
    const auto tables = read_offset(entries).collection_order;
    CHECK(tables == std::map<std::string, TableEvents>{{"public.a", {.count = 2, .place = 0}},
                                                       {"public.b", {.count = 1, .place = 1}}});
}

TEST_CASE("offsets of older versions are understood", "[postgres]") {
    OffsetMap old;
    old.set("lsn", Value::int32(100));
    old.set("snapshot", Value::boolean(true));
    old.set("last_snapshot_record", Value::boolean(false));
    CHECK(read_offset(old.entries()).snapshot_unfinished());
    old.set("last_snapshot_record", Value::boolean(true));
    CHECK_FALSE(read_offset(old.entries()).snapshot_unfinished());
    CHECK(read_offset(old.entries()).lsn == Lsn{100});
}

TEST_CASE("offsets of a database that a user sets are checked", "[postgres]") {
    const auto complaint = [](const OffsetMap& partition, const OffsetMap& offset) -> std::string {
        try {
            check_offset(partition.entries(), offset.entries(), "shop");
            return "";
        } catch (const ConnectException& e) {
            return e.what();
        }
    };
    OffsetMap shop;
    shop.set("server", Value::string("shop"));
    OffsetMap other;
    other.set("server", Value::string("other"));
    OffsetMap good;
    good.set("lsn", Value::int64(5));
    good.set("snapshot", Value::boolean(true));
    OffsetMap text = good;
    text.set("lsn_commit", Value::string("0/5"));
    CHECK(complaint(shop, good).empty());
    CHECK(complaint(other, good).find("topic.prefix 'shop'") != std::string::npos);
    CHECK(complaint(good, good).find("'server'") != std::string::npos);
    CHECK(complaint(shop, text) == "The value for the 'lsn_commit' key in the offset must be a whole number");
    CHECK(complaint(shop, shop) == "Offset objects should either be null or contain the key 'lsn'");
}
