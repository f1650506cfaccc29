#include "connectors/postgres/source/resume_filter.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

namespace {

OffsetState row_offset(Lsn lsn, std::int64_t n, std::optional<Lsn> commit, std::int64_t xid) {
    return {.lsn = lsn,
            .processed = lsn,
            .committed = commit,
            .events_with_lsn = n,
            .tx_id = xid,
            .message = MessageType::Insert};
}

}

SCENARIO("after a restart in a transaction only its rest is delivered", "[postgres]") {
    GIVEN("an offset at the second of two rows with LSN 200, in the transaction that commits at 300") {
        ResumeFilter filter(row_offset(Lsn{200}, 2, Lsn{150}, 7));
        THEN("a transaction that committed before is dropped whole") {
            filter.begin(Lsn{120}, 6);
            CHECK(filter.drops_transaction());
            CHECK(filter.drops_event(Lsn{100}, true));
            CHECK(filter.drops_event(Lsn{250}, true));
        }
        WHEN("the transaction comes again") {
            filter.begin(Lsn{300}, 7);
            THEN("its rows up to the second with that LSN are dropped, the third is not") {
                CHECK_FALSE(filter.drops_transaction());
                CHECK(filter.continues_transaction());
                CHECK(filter.drops_event(Lsn{180}, true));
                CHECK(filter.drops_event(Lsn{200}, true));
                CHECK(filter.drops_event(Lsn{200}, true));
                CHECK_FALSE(filter.drops_event(Lsn{200}, true));
                CHECK_FALSE(filter.drops_event(Lsn{210}, true));
            }
            AND_WHEN("the next one follows, with rows written earlier") {
                filter.commit();
                filter.begin(Lsn{400}, 5);
                THEN("all of it is delivered") { CHECK_FALSE(filter.drops_event(Lsn{90}, true)); }
            }
        }
        WHEN("another transaction stands there, because the slot was moved") {
            filter.begin(Lsn{300}, 8);
            THEN("nothing of it is dropped") { CHECK_FALSE(filter.drops_event(Lsn{180}, true)); }
        }
    }
}

SCENARIO("after a restart between transactions the next one is delivered whole", "[postgres]") {
    OffsetState offset{
        .lsn = Lsn{300}, .processed = Lsn{300}, .committed = Lsn{300}, .tx_id = 7, .message = MessageType::Commit};
    ResumeFilter filter(offset);
    filter.begin(Lsn{299}, 7);
    CHECK(filter.drops_transaction());
    filter.commit();
    filter.begin(Lsn{300}, 9);
    CHECK_FALSE(filter.drops_transaction());
    CHECK_FALSE(filter.drops_event(Lsn{110}, true));
}

TEST_CASE("an offset without a count, of an older Debezium, repeats rather than loses", "[postgres]") {
    ResumeFilter filter(row_offset(Lsn{200}, 0, Lsn{150}, 7));
    filter.begin(Lsn{300}, 7);
    CHECK(filter.drops_event(Lsn{200}, true));
    CHECK_FALSE(filter.drops_event(Lsn{200}, true));
}

TEST_CASE("before the first commit the row's own LSN is the bound", "[postgres]") {
    ResumeFilter filter(row_offset(Lsn{200}, 1, std::nullopt, 7));
    filter.begin(Lsn{300}, 7);
    CHECK(filter.drops_event(Lsn{200}, true));
    CHECK_FALSE(filter.drops_event(Lsn{201}, true));
}

SCENARIO("messages and rows at one LSN are counted apart", "[postgres]") {
    GIVEN("an offset of a message that ends where the next row begins") {
        auto offset = row_offset(Lsn{200}, 0, Lsn{150}, 7);
        offset.message = MessageType::Logical;
        ResumeFilter filter(offset);
        filter.begin(Lsn{300}, 7);
        CHECK(filter.drops_event(Lsn{200}, false));
        CHECK_FALSE(filter.drops_event(Lsn{200}, true));
    }
    GIVEN("an offset of that row") {
        ResumeFilter filter(row_offset(Lsn{200}, 1, Lsn{150}, 7));
        filter.begin(Lsn{300}, 7);
        CHECK(filter.drops_event(Lsn{200}, false));
        CHECK(filter.drops_event(Lsn{200}, true));
    }
    GIVEN("an offset of a message outside transactions") {
        const OffsetState offset{
            .lsn = Lsn{220}, .processed = Lsn{220}, .committed = Lsn{220}, .message = MessageType::Logical};
        ResumeFilter filter(offset);
        CHECK(filter.drops_plain_message(Lsn{220}));
        CHECK_FALSE(filter.drops_plain_message(Lsn{230}));
        filter.begin(Lsn{230}, 3);
        CHECK_FALSE(filter.drops_event(Lsn{210}, true));
    }
}

TEST_CASE("after a snapshot everything that the slot sends is new", "[postgres]") {
    ResumeFilter filter(OffsetState{.lsn = Lsn{500}, .snapshot = SnapshotKind::Initial, .snapshot_completed = true});
    filter.begin(Lsn{510}, 3);
    CHECK_FALSE(filter.drops_event(Lsn{480}, true));
}
