/// How long the leader takes for one round of a large group: 100 workers, 100 connectors with 100 tasks each. Prints
/// milliseconds, the best of several runs, for a first round, a worker that joins (what it is to get is revoked, then
/// given out) and one that is lost, and for the blobs of all members.
#include "cluster/assignment/connect_protocol.hpp"
#include "cluster/assignment/leader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <string>

namespace {

using namespace millrace::cluster;

constexpr int workers = 100;
constexpr int connectors = 100;
constexpr int tasks_each = 100;
constexpr int runs = 7;

/// A group as the leader sees it: what its members run is what they were told.
class Group {
public:
    explicit Group(int members) {
        for (int i = 0; i < connectors; ++i) {
            view_.configured.connectors.push_back(fmt::format("connector-{:03}", i));
            for (int task = 0; task < tasks_each; ++task)
                view_.configured.tasks.push_back({view_.configured.connectors.back(), task});
        }
        for (int i = 0; i < members; ++i) join();
    }
    void join() {
        const auto name = fmt::format("connect-10.0.0.{}:8083-{:08x}", round_.members.size(), next_id_++ * 2654435761U);
        round_.members.push_back({.member_id = name,
                                  .metadata = {.url = fmt::format("http://10.0.0.{}:8083/", round_.members.size()),
                                               .config_offset = view_.offset}});
        round_.leader_id = round_.members.front().member_id;
    }
    void lose_last() { round_.members.pop_back(); }

    /// Milliseconds that the leader computes.
    double meet() {
        round_.last_generation = round_.generation++;
        round_.now += std::chrono::seconds(1);
        const auto start = std::chrono::steady_clock::now();
        const auto answer = assignor_.assign(round_, view_, [this] { return view_; });
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
        for (auto& member : round_.members) apply(member, answer.at(member.member_id));
        return took.count();
    }
    /// Milliseconds to read what all say of themselves and to write what they get.
    double exchange_blobs() const {
        std::size_t bytes = 0;
        const auto start = std::chrono::steady_clock::now();
        for (const auto& member : round_.members) {
            const auto blob = encode_metadata(Protocol::Sessioned, member.metadata);
            const auto read = decode_metadata(Protocol::Sessioned, blob);
            bytes += blob.size() + encode_assignment(*read.allocation).size();
        }
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
        return bytes > 0 ? took.count() : 0;
    }
    bool balanced() const {
        constexpr auto size = [](const GroupMemberMetadata& member) {
            return member.metadata.allocation->assigned.tasks.size();
        };
        const auto [least, most] = std::ranges::minmax(round_.members, {}, size);
        return size(most) - size(least) <= 1;
    }

private:
    static void apply(GroupMemberMetadata& member, const Assignment& told) {
        auto& runs_now = member.metadata.allocation;
        if (!runs_now) {
            runs_now = told;
            return;
        }
        auto& work = runs_now->assigned;
        const auto revoked = [&](const auto& gone) {
            return [&](const auto& item) { return std::ranges::find(gone, item) != gone.end(); };
        };
        std::erase_if(work.connectors, revoked(told.revoked.connectors));
        std::erase_if(work.tasks, revoked(told.revoked.tasks));
        work.connectors.insert(work.connectors.end(), told.assigned.connectors.begin(), told.assigned.connectors.end());
        work.tasks.insert(work.tasks.end(), told.assigned.tasks.begin(), told.assigned.tasks.end());
    }

    ConfigView view_{.offset = 1000};
    LeaderRound round_;
    LeaderAssignor assignor_{std::chrono::milliseconds{0}};
    unsigned next_id_ = 1;
};

}

int main() {
    std::map<std::string, double> best;
    const auto note = [&](const std::string& what, double milliseconds) {
        const auto [known, first] = best.try_emplace(what, milliseconds);
        if (!first) known->second = std::min(known->second, milliseconds);
    };
    for (int run = 0; run < runs; ++run) {
        Group group(workers);
        note("1 first round", group.meet());
        note("2 nothing changes", group.meet());
        note("6 blobs of all members", group.exchange_blobs());
        group.join();
        note("3 one joins: revoke", group.meet());
        note("4 one joins: assign", group.meet());
        group.lose_last();
        note("5 one is lost", group.meet());
        if (!group.balanced()) {
            fmt::print("the group is not balanced\n");
            return 1;
        }
    }
    fmt::print("{} workers, {} tasks\n", workers, connectors * tasks_each);
    for (const auto& [what, milliseconds] : best) fmt::print("{:24} {:8.2f} ms\n", what.substr(2), milliseconds);
}
