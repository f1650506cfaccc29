#include "cluster/assignment/leader.hpp"
#include "tests/pch.hpp"

#include <algorithm>
#include <map>

using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

/// A group that this side leads, whose other members say no more than Java's workers do, and do what they are told.
struct Group {
    LeaderAssignor assignor{300000ms};
    ConfigView view{
        .offset = 10, .configured = {.connectors = {"a", "b"}, .tasks = {{"a", 0}, {"b", 0}}}, .end = 10, .reads = 1};
    std::map<std::string, MemberMetadata> members{{"leader", {.url = "http://leader/", .config_topic = "ours"}}};
    std::map<std::string, Assignment> last = {};
    std::chrono::milliseconds now{1'000'000};
    int generation = 0;

    void join(const std::string& id, std::int64_t offset, const std::string& url = "") {
        members[id] = {.url = url.empty() ? "http://" + id + "/" : url, .config_offset = offset};
    }
    void round() {
        LeaderRound input{.leader_id = "leader", .members = {}, .last_generation = generation, .now = now};
        input.generation = ++generation;
        members["leader"].config_offset = view.offset;
        for (const auto& [id, metadata] : members) input.members.push_back({id, metadata});
        last = assignor.assign(input, view, [this] { return view; });
        for (auto& [id, metadata] : members) apply(last.at(id), metadata);
        ++view.reads;  // as the leader does while it doubts
        now += 1s;
    }
    void rounds(int count) {
        for (int i = 0; i < count; ++i) round();
    }
    std::size_t tasks_of(const std::string& id) const {
        return members.at(id).allocation ? members.at(id).allocation->assigned.tasks.size() : 0;
    }
    std::vector<std::string> named() const {
        std::vector<std::string> ids;
        for (const auto& finding : assignor.findings()) ids.push_back(finding.member_id);
        return ids;
    }

private:
    static void apply(Assignment assignment, MemberMetadata& member) {
        if (assignment.failed()) return;
        const auto without = [](auto items, const auto& revoked) {
            std::erase_if(items, [&](const auto& item) {
                return std::find(revoked.begin(), revoked.end(), item) != revoked.end();
            });
            return items;
        };
        const auto owned = member.allocation ? member.allocation->assigned : Work{};
        const auto connectors = without(owned.connectors, assignment.revoked.connectors);
        const auto tasks = without(owned.tasks, assignment.revoked.tasks);
        auto& all = assignment.assigned;
        all.connectors.insert(all.connectors.end(), connectors.begin(), connectors.end());
        all.tasks.insert(all.tasks.end(), tasks.begin(), tasks.end());
        assignment.revoked = {};
        member.allocation = std::move(assignment);
    }
};

constexpr int proof = ForeignMembers::rounds_ahead;

}

SCENARIO("a member that has read further than the config topic goes is of another cluster", "[assignment]") {
    Group group;
    group.round();
    group.join("java", 50);
    WHEN("it says so only for a moment") {
        group.rounds(proof - 1);
        THEN("everybody waits, and the leader reads on") {
            CHECK(group.last.at("leader").failed());
            CHECK(group.assignor.doubts_members());
            CHECK(group.named().empty());
        }
        AND_WHEN("the leader comes to it") {
            group.view.offset = group.view.end = 50;
            group.rounds(2 * proof);
            THEN("it is one of ours") {
                CHECK(group.tasks_of("java") == 1);
                CHECK_FALSE(group.assignor.doubts_members());
                CHECK(group.named().empty());
            }
        }
    }
    WHEN("it says so again and again") {
        group.rounds(proof);
        THEN("it gets nothing, and the others go on") {
            CHECK(group.named() == std::vector<std::string>{"java"});
            CHECK_FALSE(group.last.at("leader").failed());
            CHECK(group.last.at("leader").config_offset == 10);
            CHECK(group.tasks_of("leader") == 2);
            CHECK(group.last.at("java").assigned.empty());
            CHECK(group.last.at("java").config_offset == 50);
            CHECK(group.last.at("java").leader_url == foreign_leader_url);
            CHECK_FALSE(group.assignor.doubts_members());
        }
        THEN("it is named in every round") {
            group.rounds(3);
            CHECK(group.named() == std::vector<std::string>{"java"});
            CHECK(group.assignor.findings()[0].kind == ForeignMembers::Kind::Ahead);
            CHECK(group.assignor.findings()[0].own_end == 10);
        }
        THEN("that our topic grows up to where it stands proves nothing") {
            group.view.offset = group.view.end = 50;
            group.rounds(2);
            CHECK(group.tasks_of("java") == 0);
            CHECK(group.named() == std::vector<std::string>{"java"});
        }
        THEN("that it follows our topic proves that it reads it") {
            group.view.offset = group.view.end = 52;
            group.members["java"].config_offset = 52;
            group.rounds(3);
            CHECK(group.tasks_of("java") == 1);
            CHECK(group.named().empty());
        }
        THEN("another one gets its share") {
            group.join("honest", 10);
            group.rounds(3);
            CHECK(group.tasks_of("honest") == 1);
            CHECK(group.tasks_of("java") == 0);
        }
    }
    WHEN("the leader cannot read its topic") {
        for (int i = 0; i < 2 * proof; ++i) {
            group.view.reads = 1;
            group.round();
        }
        THEN("nothing is known") { CHECK(group.named().empty()); }
    }
    WHEN("rounds follow each other at once") {
        for (int i = 0; i < 2 * proof; ++i) {
            group.round();
            group.now -= 999ms;
        }
        THEN("nothing is known yet") { CHECK(group.named().empty()); }
    }
    WHEN("it reads on itself") {
        for (int i = 0; i < 2 * proof; ++i) {
            group.round();
            ++group.members["java"].config_offset;
        }
        THEN("nothing is known yet") { CHECK(group.named().empty()); }
    }
    WHEN("the leader itself is beyond the end of its topic") {
        group.view.end = 3;
        group.rounds(2 * proof);
        THEN("it is the leader that is named") {
            CHECK(group.last.at("leader").failed());
            CHECK(group.assignor.findings()[0].kind == ForeignMembers::Kind::OwnTopic);
        }
    }
}

SCENARIO("a member that never reads what it is told of is of another cluster", "[assignment]") {
    Group group;
    group.round();
    group.join("java", 4);
    WHEN("it has just come") {
        group.rounds(ForeignMembers::rounds_behind);
        THEN("it is waited for") {
            CHECK(group.named().empty());
            CHECK(group.assignor.doubts_members());
        }
        AND_WHEN("it has read on") {
            group.members["java"].config_offset = 10;
            group.rounds(2 * proof);
            THEN("it has its share") {
                CHECK(group.tasks_of("java") == 1);
                CHECK_FALSE(group.assignor.doubts_members());
            }
        }
    }
    WHEN("it comes back with the same offset again and again") {
        group.rounds(proof + 1);  // for long enough
        THEN("it has to stop what it was given, and nobody else gets that yet") {
            CHECK(group.named() == std::vector<std::string>{"java"});
            CHECK(group.assignor.findings()[0].kind == ForeignMembers::Kind::Behind);
            CHECK(group.last.at("java").revoked.tasks.size() == 1);
            CHECK(group.last.at("java").config_offset == 4);
            CHECK(group.tasks_of("java") == 0);
            CHECK(group.tasks_of("leader") == 1);
        }
        THEN("the next round gives it to the others at once") {
            group.round();
            CHECK(group.tasks_of("leader") == 2);
            CHECK(group.last.at("leader").delay == 0ms);
            CHECK(group.last.at("java").revoked.empty());
        }
        THEN("it is known again when it was thrown out and comes back") {
            group.members.erase("java");
            group.round();
            group.join("java-2", 4, "http://java/");
            group.rounds(2);
            CHECK(group.named() == std::vector<std::string>{"java-2"});
            CHECK(group.tasks_of("leader") == 2);
        }
        THEN("once it was started with our topic it is one of ours") {
            group.members.erase("java");
            group.join("java-2", 10, "http://java/");
            group.rounds(6);
            CHECK(group.tasks_of("java-2") == 1);
        }
    }
    WHEN("it is thrown out between two rounds, and comes back as another member") {
        for (int i = 0; i <= ForeignMembers::rounds_behind; ++i) {
            const auto id = fmt::format("java-{}", i);
            group.join(id, 4, "http://java/");
            group.round();
            group.members.erase(id);
            group.round();
            group.now += 8s;
        }
        group.join("java", 4);
        group.round();
        THEN("it is known") {
            CHECK(group.named() == std::vector<std::string>{"java"});
            CHECK(group.last.at("java").assigned.empty());
        }
    }
    WHEN("our topic grows faster than it reads") {
        for (int i = 0; i < 3 * proof; ++i) {
            group.view.offset = group.view.end = group.view.offset + 5;
            group.members["java"].config_offset += 5;
            group.round();
        }
        THEN("it is one of ours") { CHECK(group.named().empty()); }
    }
}

TEST_CASE("a member that names the leader's config topic is one of ours, whatever it has read", "[assignment]") {
    Group group;
    group.round();
    group.members["ours"] = {.url = "http://ours/", .config_offset = 50, .config_topic = "ours"};
    group.rounds(3 * proof);
    CHECK(group.named().empty());
    CHECK(group.last.at("leader").failed());
}
