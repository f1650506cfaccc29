/// The assignor of the `compatible` and `sessioned` protocols: work moves only where it must, and what a lost worker
/// ran waits for it a while before others get it.
///
/// Input   what is configured, and what each member says it runs.
/// Output  what each member shall start and stop now, and after which delay the group shall meet again.
/// State   the leader's memory of earlier rounds. A new leader starts with none and treats all unowned work as new.
/// Facts   KIP-415 as Kafka 3.9 to 4.3 have it; for equal input the result is Java's, order included.
#pragma once
#include "cluster/assignment/work.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace millrace::cluster {

/// Connectors and tasks without order.
struct WorkSet {
    std::set<std::string, std::less<>> connectors = {};
    std::set<TaskId> tasks = {};

    bool empty() const noexcept { return connectors.empty() && tasks.empty(); }
    bool contains(const std::string& connector) const { return connectors.contains(connector); }
    bool contains(const TaskId& task) const { return tasks.contains(task); }
    void add(const Work& work);
    void add(const WorkSet& work);
    void remove(const WorkSet& work);
};

class CooperativeAssignor {
public:
    using Millis = std::chrono::milliseconds;

    struct Member {
        std::string id;
        Work owned;
    };
    struct Round {
        Work configured;
        std::vector<Member> members;  ///< in the order of the JoinGroup response
        int generation = -1;
        int last_generation = -1;  ///< that of the last assignment this worker itself applied
        Millis now{0};             ///< time since any epoch, at least 1 ms
    };
    struct MemberPlan {
        std::string id;
        Work assigned = {};  ///< new to the member
        Work revoked = {};
        bool operator==(const MemberPlan&) const = default;
    };
    struct Plan {
        std::vector<MemberPlan> members;  ///< in the order of the round's
        Millis delay{0};
    };

    explicit CooperativeAssignor(Millis max_delay) : max_delay_(max_delay) {}
    Plan plan(const Round& round);

private:
    struct Load;
    using Loads = std::vector<Load>;

    void recall(const Round& round, const WorkSet& active);
    Work handle_lost(const Work& lost, Loads& loads, Millis now);
    void give_to_candidates(const Work& lost, Loads& loads);
    void balance(const Work& configured, Loads& loads, Millis now);
    Millis revocation_backoff(int successive) const;

    Millis max_delay_;
    WorkSet previous_;                     ///< what should be running since the last round
    WorkSet previous_revoked_;             ///< told to stop in the last round
    bool revoked_in_previous_ = false;     ///< for balance
    std::vector<std::string> candidates_;  ///< came with empty hands while work was waiting for its owner
    Millis due_{0};                        ///< when waiting ends; 0: nobody waits
    Millis delay_{0};
    int previous_generation_ = -1;
    std::set<std::string, std::less<>> previous_members_;
    int successive_revocations_ = 0;
};

}
