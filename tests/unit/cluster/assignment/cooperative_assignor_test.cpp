#include "cluster/assignment/cooperative_assignor.hpp"

#include "tests/pch.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

using Millis = CooperativeAssignor::Millis;

/// A group whose members do what they are told: the assignor's plans are applied to it round after round.
struct Group {
    CooperativeAssignor assignor{300000ms};
    Work configured = {};
    std::map<std::string, Work> owned = {};
    Millis now{1000000};
    int generation = 0;
    int applied = -1;
    CooperativeAssignor::Plan last = {};

    void round() {
        CooperativeAssignor::Round input{configured, {}, ++generation, applied, now};
        for (const auto& [id, work] : owned) input.members.push_back({id, work});
        last = assignor.plan(input);
        for (const auto& plan : last.members) {
            auto& work = owned.at(plan.id);
            std::erase_if(work.connectors, [&](const auto& c) { return contains(plan.revoked.connectors, c); });
            std::erase_if(work.tasks, [&](const auto& t) { return contains(plan.revoked.tasks, t); });
            work.connectors.insert(work.connectors.end(), plan.assigned.connectors.begin(),
                                   plan.assigned.connectors.end());
            work.tasks.insert(work.tasks.end(), plan.assigned.tasks.begin(), plan.assigned.tasks.end());
        }
        applied = generation;
    }
    /// Rounds until nobody was told to stop anything, as members that stopped something join again.
    int settle() {
        for (int rounds = 1; rounds <= 50; ++rounds) {
            round();
            now += last.delay;
            const bool revoked = std::any_of(last.members.begin(), last.members.end(),
                                             [](const auto& plan) { return !plan.revoked.empty(); });
            if (!revoked && last.delay == 0ms) return rounds;
        }
        return 99;
    }
    template <class T>
    static bool contains(const std::vector<T>& items, const T& item) {
        return std::find(items.begin(), items.end(), item) != items.end();
    }
};

Work work_of(int connectors, int tasks_each) {
    Work work;
    for (int c = 0; c < connectors; ++c) {
        work.connectors.push_back("c" + std::to_string(c));
        for (int t = 0; t < tasks_each; ++t) work.tasks.push_back({work.connectors.back(), t});
    }
    return work;
}

/// Every configured item has one owner, and nothing else has any.
bool exactly_once(const Group& group) {
    std::vector<std::string> connectors;
    std::vector<TaskId> tasks;
    for (const auto& [id, work] : group.owned) {
        connectors.insert(connectors.end(), work.connectors.begin(), work.connectors.end());
        tasks.insert(tasks.end(), work.tasks.begin(), work.tasks.end());
    }
    auto configured = group.configured;
    std::sort(connectors.begin(), connectors.end());
    std::sort(tasks.begin(), tasks.end());
    std::sort(configured.connectors.begin(), configured.connectors.end());
    std::sort(configured.tasks.begin(), configured.tasks.end());
    return connectors == configured.connectors && tasks == configured.tasks;
}

}

SCENARIO("work spreads, and only what has to move moves", "[assignment]") {
    GIVEN("one worker that runs three connectors of two tasks") {
        Group group{.configured = work_of(3, 2), .owned = {{"w1", {}}}};
        CHECK(group.settle() == 1);
        CHECK(exactly_once(group));

        WHEN("a second worker joins") {
            group.owned["w2"];
            group.round();
            THEN("the first is told to stop half, and nothing is started yet") {
                CHECK(group.last.members[0].revoked == Work{{"c0"}, {{"c0", 0}, {"c0", 1}, {"c1", 0}}});
                CHECK(group.last.members[0].assigned.empty());
                CHECK(group.last.members[1].assigned.empty());
            }
            group.round();
            THEN("the second gets it in the round after") {
                CHECK(group.last.members[1].assigned == Work{{"c0"}, {{"c0", 0}, {"c0", 1}, {"c1", 0}}});
                CHECK(group.last.members[0].revoked.empty());
                CHECK(exactly_once(group));
            }
        }
    }
}

SCENARIO("a worker that comes back in time gets its own tasks back", "[assignment]") {
    GIVEN("two workers that share three tasks, and w2 is lost") {
        Group group{.configured = {{}, {{"orders", 0}, {"orders", 1}, {"orders", 2}}},
                    .owned = {{"w1", {}}, {"w2", {}}}};
        group.settle();
        const Work lost = group.owned.at("w2");
        const Work kept = group.owned.at("w1");
        group.owned.erase("w2");
        group.round();

        THEN("its task waits for it") {
            CHECK(group.last.delay == 300000ms);
            CHECK(group.owned.at("w1") == kept);
        }
        WHEN("it rejoins with empty hands within scheduled.rebalance.max.delay.ms") {
            group.now += 60s;
            group.owned["w2"];
            group.round();
            CHECK(group.last.delay == 240000ms);
            group.now += group.last.delay;
            group.round();
            THEN("it has its task again and nothing else moved") {
                CHECK(group.owned.at("w2") == lost);
                CHECK(group.owned.at("w1") == kept);
            }
        }
        WHEN("it stays away") {
            group.now += group.last.delay;
            group.round();
            THEN("the other gets its task") { CHECK(exactly_once(group)); }
        }
    }
}

SCENARIO("no delay is wanted", "[assignment]") {
    Group group{.assignor = CooperativeAssignor{0ms}, .configured = work_of(2, 2), .owned = {{"w1", {}}, {"w2", {}}}};
    group.settle();
    group.owned.erase("w2");
    group.round();
    CHECK(group.last.delay == 0ms);
    CHECK(exactly_once(group));
}

SCENARIO("what two members run after a partition is stopped on both, then started on one", "[assignment]") {
    Group group{.configured = work_of(1, 1), .owned = {{"w1", {{"c0"}, {{"c0", 0}}}}, {"w2", {{}, {{"c0", 0}}}}}};
    group.round();
    CHECK(group.last.members[0].revoked.tasks == std::vector<TaskId>{{"c0", 0}});
    CHECK(group.last.members[1].revoked.tasks == std::vector<TaskId>{{"c0", 0}});
    group.settle();
    CHECK(exactly_once(group));
}

SCENARIO("a deleted connector is revoked from its owners", "[assignment]") {
    Group group{.configured = work_of(2, 1), .owned = {{"w1", {}}}};
    group.settle();
    group.configured = work_of(1, 1);
    group.round();
    CHECK(group.last.members[0].revoked == Work{{"c1"}, {{"c1", 0}}});
}

TEST_CASE("whatever happens to a group, in the end everything runs once and evenly", "[assignment][property]") {
    const auto seed = GENERATE(range(1U, 41U));
    CAPTURE(seed);
    std::mt19937 random{seed};
    const auto pick = [&](int least, int most) { return std::uniform_int_distribution<>{least, most}(random); };
    Group group{.assignor = CooperativeAssignor{Millis{pick(0, 1) * 300000}},
                .configured = work_of(4, 3),
                .owned = {{"w0", {}}}};
    int workers = 1;
    for (int step = 0; step < 40; ++step) {
        switch (pick(0, 5)) {
        case 0:
            group.owned["w" + std::to_string(workers++)];
            break;
        case 1:
            if (group.owned.size() > 1)
                group.owned.erase(std::next(group.owned.begin(), pick(0, static_cast<int>(group.owned.size()) - 1)));
            break;
        case 2:
            group.configured = work_of(pick(0, 8), pick(0, 5));
            break;
        case 3:
            group.now += Millis{pick(0, 400000)};
            break;
        case 4:
            group.applied = -1;
            break;  // another worker led
        default:
            break;
        }
        group.round();
        // Never does one round give an item to two members.
        std::vector<TaskId> given;
        for (const auto& plan : group.last.members)
            given.insert(given.end(), plan.assigned.tasks.begin(), plan.assigned.tasks.end());
        std::sort(given.begin(), given.end());
        CHECK(std::adjacent_find(given.begin(), given.end()) == given.end());
    }
    group.applied = group.generation;
    for (auto& [id, work] : group.owned) {  // the herder stops what is no longer configured
        std::erase_if(work.connectors, [&](const auto& c) { return !Group::contains(group.configured.connectors, c); });
        std::erase_if(work.tasks, [&](const auto& t) { return !Group::contains(group.configured.tasks, t); });
    }
    CHECK(group.settle() < 50);
    CHECK(exactly_once(group));
    std::size_t most = 0;
    std::size_t least = 1000;
    for (const auto& [id, work] : group.owned) {
        most = std::max(most, work.tasks.size());
        least = std::min(least, work.tasks.size());
    }
    CHECK(most - least <= 1);
}
