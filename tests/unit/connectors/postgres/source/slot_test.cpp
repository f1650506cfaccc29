#include "connectors/postgres/source/slot.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

namespace {

const OffsetState stored{.lsn = Lsn{200}, .processed = Lsn{200}, .committed = Lsn{150}, .message = MessageType::Insert};

}

TEST_CASE("a slot that is where the offset left it can be continued", "[postgres]") {
    CHECK(position_problem(stored, SlotState{.restart = Lsn{100}, .confirmed = Lsn{150}}, {}, {}).empty());
    CHECK(position_problem(stored, SlotState{.restart = Lsn{100}, .confirmed = Lsn{90}}, {}, {}).empty());
}

TEST_CASE("a slot that was dropped, made anew or lost is refused with the way out", "[postgres]") {
    CHECK_THAT(position_problem(stored, std::nullopt, {}, {}), Catch::Contains("no longer available"));
    CHECK_THAT(position_problem(stored, SlotState{.restart = Lsn{201}, .confirmed = Lsn{300}}, {}, {}),
               Catch::Contains("no longer available"));
    CHECK_THAT(position_problem(stored, SlotState{.restart = Lsn{180}, .confirmed = Lsn{300}}, {}, {}),
               Catch::Contains("trust_slot"));
    CHECK_THAT(position_problem(stored, SlotState{.restart = Lsn{100}, .wal_status = "lost"}, {}, {}),
               Catch::Contains("max_slot_wal_keep_size"));
}

TEST_CASE("who trusts the slot accepts the gap", "[postgres]") {
    const ReplicationConfig trusting{.mismatch = OffsetMismatch::TrustSlot};
    CHECK(position_problem(stored, SlotState{.restart = Lsn{180}, .confirmed = Lsn{300}}, {}, trusting).empty());
}

TEST_CASE("an offset that is beyond the end of the WAL is refused, whoever is trusted", "[postgres]") {
    const SlotState slot{.restart = Lsn{100}, .confirmed = Lsn{150}};
    const ReplicationConfig trusting{.mismatch = OffsetMismatch::TrustSlot};
    CHECK(position_problem(stored, slot, Lsn{200}, {}).empty());
    // Behind the header of a page that is not there yet.
    CHECK(position_problem(stored, slot, Lsn{200 - 40}, {}).empty());
    CHECK_THAT(position_problem(stored, slot, Lsn{200 - 41}, {}), Catch::Contains("snapshot.mode=when_needed"));
    CHECK_THAT(position_problem(stored, slot, Lsn{100}, trusting), Catch::Contains("beyond the end"));
    CHECK(position_problem(stored, slot, Lsn{100}, {.check_position = false}).empty());
}
