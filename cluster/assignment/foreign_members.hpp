/// Finds the members of another cluster that has the same group.id by mistake, where they do not name their config
/// topic: a Java worker tells the leader only how far it has read one.
///
/// Input   what each round's members say, and the leader's copy of the config topic.
/// Output  who is of another cluster, and why.
/// State   what they said before. Belongs to the leader; pure otherwise.
///
/// An honest member may be ahead of the leader, which then reads on, or behind it: then it reads on before it joins
/// again. So one that stays where it is, round after round and for seconds, while the leader reads its topic to the end
/// again and again, reads another topic. A leader that is itself beyond its topic's end says nothing of others.
#pragma once
#include "cluster/assignment/work.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::cluster {

class ForeignMembers {
public:
    static constexpr int rounds_ahead = 6;   ///< that prove it, in a row
    static constexpr int rounds_behind = 3;  ///< each took the member a session: it does nothing but join again
    static constexpr std::chrono::seconds time_for_proof{5};
    static constexpr std::uint64_t reads_for_proof = 2;
    static constexpr std::chrono::minutes memory{10};  ///< of a worker that is no member any more

    enum class Kind : std::uint8_t {
        Ahead,    ///< has read further than the topic goes
        Behind,   ///< comes back without having read what it was told of
        OwnTopic  ///< one of the two seems true, but the leader's own copy goes beyond the end of its topic
    };
    struct Finding {
        Kind kind = Kind::Ahead;
        std::string member_id;
        std::string url;
        std::int64_t offset = -1;      ///< what the member has read
        std::int64_t own_offset = -1;  ///< what the leader has
        std::int64_t own_end = -1;     ///< of the leader's topic
    };

    /// One round: the findings of it, those of earlier rounds again. `members` without the leader and without those
    /// that are known by the name of their topic.
    std::vector<Finding> look(const std::vector<GroupMemberMetadata>& members, const ConfigView& view,
                              std::chrono::milliseconds now);
    /// Members were told to read as far as this.
    void told(const std::vector<GroupMemberMetadata>& members, std::int64_t offset);

    bool is_foreign(const std::string& member_id) const { return foreign_.contains(member_id); }
    /// There is a member that cannot be explained yet: the leader shall read its topic to the end.
    bool doubts() const noexcept { return doubts_; }

private:
    struct Doubt {
        Kind kind;
        std::string member_id;
        std::int64_t offset;
        std::chrono::milliseconds since;
        std::uint64_t reads;  ///< before it
        int rounds = 0;
        bool proven = false;
    };
    struct Known {
        std::chrono::milliseconds seen{0};
        std::int64_t told = -1;
        std::optional<Doubt> doubt = {};
    };
    static std::optional<Kind> suspicion(const Known& known, std::int64_t offset, const ConfigView& view);
    static void weigh(Known& known, const GroupMemberMetadata& member, const ConfigView& view,
                      std::chrono::milliseconds now);
    static std::optional<Finding> finding(Known& known, const GroupMemberMetadata& member, const ConfigView& view,
                                          std::chrono::milliseconds now);

    std::map<std::string, Known> workers_;  ///< by URL: one that is thrown out comes back as another member
    std::set<std::string> foreign_;         ///< member ids, of the last round
    bool doubts_ = false;
};

}
