#include "worker/runtime/sink_offsets.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {

const TopicPartition a{"t", 0};
const TopicPartition b{"t", 1};
const std::vector<TopicPartition> both{a, b};

/// Two partitions that started at 5 and 0 and of which put() took records up to 10 and 3.
SinkOffsets at_work() {
    SinkOffsets offsets;
    offsets.assign({{a, 5}, {b, 0}});
    offsets.advance({{a, 10}, {b, 3}});
    return offsets;
}

void commit(SinkOffsets& offsets, const TopicOffsets& given) {
    offsets.sent(given);
    offsets.committed(given);
}

}

TEST_CASE("what put() took may be committed, once") {
    auto offsets = at_work();
    const auto current = offsets.current(both);
    CHECK(current == TopicOffsets{{a, 10}, {b, 3}});
    const auto to_commit = offsets.committable(current, both, "task", {});
    CHECK(to_commit == current);
    commit(offsets, to_commit);
    CHECK(offsets.committable(current, both, "task", {}).empty());
}

TEST_CASE("records are uncommitted from the last commit to the last that was read") {
    auto offsets = at_work();
    CHECK(offsets.uncommitted({}) == 8);
    CHECK(offsets.uncommitted({{a, 12}, {{"other", 0}, 99}}) == 10);
    commit(offsets, {{a, 7}, {b, 3}});
    CHECK(offsets.uncommitted({}) == 3);
    offsets.rewind({{a, 2}});
    CHECK(offsets.uncommitted({}) == 0);
    offsets.advance({{a, 4}});
    offsets.remove(std::vector{a});
    CHECK(offsets.uncommitted({{a, 9}}) == 0);
}

TEST_CASE("a task may hold offsets back, but not run ahead") {
    const auto offsets = at_work();
    CHECK(offsets.committable({{a, 7}}, both, "task", {}) == TopicOffsets{{a, 7}, {b, 0}});
    CHECK(offsets.committable({{a, 11}}, both, "task", {}).empty());
    CHECK(offsets.committable({{{"other", 0}, 1}}, both, "task", {}).empty());
    CHECK(offsets.committable({{a, 10}, {b, 3}}, std::vector{a}, "task", {}) == TopicOffsets{{a, 10}});
}

TEST_CASE("after a rewind the old place counts as committed") {
    auto offsets = at_work();
    offsets.rewind({{a, 2}});
    CHECK(offsets.current(both) == TopicOffsets{{a, 2}, {b, 3}});
    CHECK(offsets.last_committed(both) == TopicOffsets{{a, 2}, {b, 0}});
}

TEST_CASE("what the group has beyond a rewind is committed anew") {
    auto offsets = at_work();
    commit(offsets, {{a, 10}, {b, 3}});
    CHECK(offsets.ahead_of({{a, 6}}));
    CHECK_FALSE(offsets.ahead_of({{a, 10}}));
    offsets.rewind({{a, 6}});
    const auto back = offsets.committable(offsets.current(both), both, "task", {});
    CHECK(back == TopicOffsets{{a, 6}, {b, 3}});
    commit(offsets, back);
    CHECK(offsets.committable(offsets.current(both), both, "task", {}).empty());
}

TEST_CASE("a commit that is under way during a rewind may be ahead of it, whether its answer comes or not") {
    auto offsets = at_work();
    offsets.sent({{a, 10}, {b, 3}});
    CHECK(offsets.ahead_of({{a, 5}}));
    offsets.rewind({{a, 5}});
    if (GENERATE(true, false)) offsets.committed({{a, 10}, {b, 3}});
    CHECK(offsets.last_committed(both).at(a) == 5);
    CHECK(offsets.committable(offsets.current(both), both, "task", {}).at(a) == 5);
    offsets.advance({{a, 12}});
    CHECK(offsets.last_committed(both).at(a) == 5);
}

TEST_CASE("a place further on than the group's counts as committed, as nothing is to be taken back") {
    SinkOffsets offsets;
    offsets.assign({{a, 5}});
    CHECK_FALSE(offsets.ahead_of({{a, 8}}));
    offsets.rewind({{a, 8}});
    CHECK(offsets.committable(offsets.current(both), both, "task", {}).empty());
}

TEST_CASE("a commit that failed is made again") {
    auto offsets = at_work();
    const auto to_commit = offsets.committable(offsets.current(both), both, "task", {});
    offsets.sent(to_commit);
    CHECK(offsets.committable(to_commit, both, "task", {}) == to_commit);
}

TEST_CASE("a commit that ends behind a newer one leaves in doubt what the group has") {
    auto offsets = at_work();
    offsets.sent({{a, 10}});
    offsets.rewind({{a, 5}});
    commit(offsets, {{a, 5}, {b, 3}});
    const auto current = offsets.current(both);
    REQUIRE(offsets.committable(current, both, "task", {}).empty());
    CHECK_FALSE(offsets.doubt({{b, 3}}));
    CHECK(offsets.doubt({{a, 10}}));
    CHECK(offsets.committable(current, both, "task", {}) == TopicOffsets{{a, 5}, {b, 3}});
    CHECK(offsets.ahead_of({{a, 5}}));
}

TEST_CASE("a partition that went is not spoken of") {
    auto offsets = at_work();
    offsets.remove(std::vector{a});
    offsets.committed({{a, 10}});
    CHECK(offsets.current(both) == TopicOffsets{{b, 3}});
    CHECK(offsets.last_committed(both) == TopicOffsets{{b, 0}});
}
