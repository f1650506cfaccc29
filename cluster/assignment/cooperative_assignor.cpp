#include "cluster/assignment/cooperative_assignor.hpp"

#include "cluster/assignment/java_order.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>

namespace millrace::cluster {
namespace {

using Millis = CooperativeAssignor::Millis;

template <class T>
std::vector<T> without(const std::vector<T>& items, const WorkSet& excluded) {
    std::vector<T> kept;
    kept.reserve(items.size());
    std::copy_if(items.begin(), items.end(), std::back_inserter(kept),
                 [&](const T& item) { return !excluded.contains(item); });
    return kept;
}
Work without(const Work& work, const WorkSet& excluded) {
    return {.connectors = without(work.connectors, excluded), .tasks = without(work.tasks, excluded)};
}

template <class T>
std::vector<T> distinct(const std::vector<T>& items) {
    std::set<T> seen;
    std::vector<T> kept;
    std::copy_if(items.begin(), items.end(), std::back_inserter(kept),
                 [&](const T& item) { return seen.insert(item).second; });
    return kept;
}

WorkSet set_of(const Work& work) {
    WorkSet set;
    set.add(work);
    return set;
}

Work sorted(const WorkSet& set) {
    Work work{.connectors = {set.connectors.begin(), set.connectors.end()},
              .tasks = {set.tasks.begin(), set.tasks.end()}};
    std::sort(work.connectors.begin(), work.connectors.end(), java_less);
    std::sort(work.tasks.begin(), work.tasks.end(), [](const TaskId& a, const TaskId& b) {
        return a.connector != b.connector ? java_less(a.connector, b.connector) : a.task < b.task;
    });
    return work;
}

void append(Work& to, const Work& more) {
    to.connectors.insert(to.connectors.end(), more.connectors.begin(), more.connectors.end());
    to.tasks.insert(to.tasks.end(), more.tasks.begin(), more.tasks.end());
}

/// Owned by two members or more: a partition healed, or a member of another make was late.
WorkSet duplicates(const std::vector<CooperativeAssignor::Member>& members) {
    WorkSet seen;
    WorkSet twice;
    for (const auto& member : members) {
        for (const auto& connector : distinct(member.owned.connectors))
            if (!seen.connectors.insert(connector).second) twice.connectors.insert(connector);
        for (const auto& task : distinct(member.owned.tasks))
            if (!seen.tasks.insert(task).second) twice.tasks.insert(task);
    }
    return twice;
}

}

void WorkSet::add(const Work& work) {
    connectors.insert(work.connectors.begin(), work.connectors.end());
    tasks.insert(work.tasks.begin(), work.tasks.end());
}
void WorkSet::add(const WorkSet& work) {
    connectors.insert(work.connectors.begin(), work.connectors.end());
    tasks.insert(work.tasks.begin(), work.tasks.end());
}
void WorkSet::remove(const WorkSet& work) {
    std::erase_if(connectors, [&](const std::string& connector) { return work.contains(connector); });
    std::erase_if(tasks, [&](const TaskId& task) { return work.contains(task); });
}

struct CooperativeAssignor::Load {
    std::string id;
    Work current;  ///< owned and still wanted somewhere
    Work next;     ///< what it shall run after this round
    Work revoke;
};

namespace {

/// Gives items of one kind to whoever has the fewest of it, ties by member id.
template <class Loads, class T>
void assign_to_least_loaded(Loads& loads, std::vector<T> Work::* kind, const std::vector<T>& items) {
    std::vector<typename Loads::value_type*> order;
    order.reserve(loads.size());
    for (auto& load : loads) order.push_back(&load);
    const auto count = [&](const auto* load) { return (load->next.*kind).size(); };
    std::sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
        return count(a) != count(b) ? count(a) < count(b) : java_less(a->id, b->id);
    });
    for (std::size_t given = 0; given < items.size();) {
        const auto least = count(order.front());
        const auto end = std::find_if(order.begin(), order.end(), [&](const auto* l) { return count(l) > least; });
        for (auto it = order.begin(); it != end && given < items.size(); ++it)
            ((*it)->next.*kind).push_back(items[given++]);
    }
}

/// What must go so that nobody has more than its share of one kind; by position in `loads`.
template <class Loads, class T>
std::vector<std::vector<T>> surplus(const Loads& loads, const std::vector<std::size_t>& order,
                                    std::vector<T> Work::* kind, std::size_t total) {
    std::vector<std::vector<T>> taken(loads.size());
    const std::size_t least = total / loads.size();
    const std::size_t extra = total % loads.size();
    std::size_t with_extra = 0;
    std::size_t with_least = 0;
    for (const auto& load : loads) {
        with_extra += (load.next.*kind).size() == least + 1 ? 1 : 0;
        with_least += (load.next.*kind).size() == least ? 1 : 0;
    }
    if (with_extra == extra && with_least + with_extra == loads.size()) return taken;

    std::size_t granted = 0;
    for (const auto position : order) {
        const auto& items = loads[position].next.*kind;
        if (items.size() <= least) continue;
        std::size_t target = least;
        if (granted < extra) {
            ++granted;
            target = least + 1;
        }
        if (items.size() > target)
            taken[position].assign(items.begin(), items.end() - static_cast<std::ptrdiff_t>(target));
    }
    return taken;
}

}

void CooperativeAssignor::recall(const Round& round, const WorkSet& active) {
    // Another worker led in between: what this one remembers is of no use.
    if (previous_generation_ != round.last_generation) previous_ = {};
    if (previous_revoked_.empty()) return;
    const auto still_runs = [&](const auto& items) {
        return std::any_of(items.begin(), items.end(), [&](const auto& item) { return active.contains(item); });
    };
    if (still_runs(previous_revoked_.connectors) || still_runs(previous_revoked_.tasks)) previous_ = active;
    previous_revoked_ = {};
}

CooperativeAssignor::Plan CooperativeAssignor::plan(const Round& round) {
    WorkSet active;
    for (const auto& member : round.members) active.add(member.owned);
    recall(round, active);

    const WorkSet configured = set_of(round.configured);
    WorkSet deleted = previous_;
    deleted.remove(configured);
    WorkSet lost_set = previous_;
    lost_set.remove(active);
    lost_set.remove(deleted);
    WorkSet created = configured;
    created.remove(previous_);
    created.remove(active);
    WorkSet unwanted = duplicates(round.members);
    unwanted.add(deleted);

    Loads loads;
    for (const auto& member : round.members) {
        const Work owned{.connectors = distinct(member.owned.connectors), .tasks = distinct(member.owned.tasks)};
        WorkSet kept = set_of(owned);
        kept.remove(unwanted);
        loads.push_back({.id = member.id,
                         .current = without(owned, deleted),
                         .next = without(owned, unwanted),
                         .revoke = without(owned, kept)});
    }

    const Work lost = sorted(lost_set);
    const Work reassign = handle_lost(lost, loads, round.now);
    balance(round.configured, loads, round.now);

    Work to_assign = sorted(created);
    append(to_assign, reassign);
    if (!loads.empty()) {
        assign_to_least_loaded(loads, &Work::connectors, to_assign.connectors);
        assign_to_least_loaded(loads, &Work::tasks, to_assign.tasks);
    }

    Plan plan{.members = {}, .delay = delay_};
    previous_ = {};
    previous_members_.clear();
    for (const auto& load : loads) {
        plan.members.push_back(
            {.id = load.id, .assigned = without(load.next, set_of(load.current)), .revoked = load.revoke});
        previous_.add(load.next);
        previous_revoked_.add(load.revoke);
        previous_members_.insert(load.id);
    }
    previous_.remove(previous_revoked_);
    previous_.add(lost);
    previous_generation_ = round.generation;
    return plan;
}

Work CooperativeAssignor::handle_lost(const Work& lost, Loads& loads, Millis now) {
    const auto forget = [&] {
        candidates_.clear();
        due_ = delay_ = Millis{0};
    };
    if (lost.empty() && !revoked_in_previous_) {
        forget();
        return {};
    }
    const auto present = [&](const std::string& id) {
        return std::any_of(loads.begin(), loads.end(), [&](const Load& load) { return load.id == id; });
    };
    // Nobody left: a member missed its assignment, so nothing is worth waiting for.
    if (due_ <= Millis{0} && std::all_of(previous_members_.begin(), previous_members_.end(), present)) return lost;
    if (max_delay_ == Millis{0}) return lost;

    if (due_ > Millis{0} && now >= due_) {
        std::erase_if(candidates_, [&](const std::string& id) { return !present(id); });
        const bool anyone = !candidates_.empty();
        if (anyone) give_to_candidates(lost, loads);
        forget();
        revoked_in_previous_ = false;
        return anyone ? Work{} : lost;
    }

    std::vector<std::string> idle;
    for (const auto& load : loads)
        if (load.next.empty()) idle.push_back(load.id);
    for (auto& id : hash_map_order(idle))
        if (std::find(candidates_.begin(), candidates_.end(), id) == candidates_.end())
            candidates_.push_back(std::move(id));
    delay_ = now < due_ ? std::min(due_ - now, max_delay_) : max_delay_;
    due_ = now + delay_;
    return {};
}

void CooperativeAssignor::give_to_candidates(const Work& lost, Loads& loads) {
    std::vector<Load*> takers;
    for (const auto& id : candidates_)
        for (auto& load : loads)
            if (load.id == id) takers.push_back(&load);
    for (std::size_t i = 0; i < lost.connectors.size(); ++i)
        takers[i % takers.size()]->next.connectors.push_back(lost.connectors[i]);
    for (std::size_t i = 0; i < lost.tasks.size(); ++i) takers[i % takers.size()]->next.tasks.push_back(lost.tasks[i]);
}

void CooperativeAssignor::balance(const Work& configured, Loads& loads, Millis now) {
    if (delay_ != Millis{0}) {
        revoked_in_previous_ = false;
        return;
    }
    std::vector<std::vector<std::string>> connectors(loads.size());
    std::vector<std::vector<TaskId>> tasks(loads.size());
    const bool idle = std::all_of(loads.begin(), loads.end(), [](const Load& load) { return load.next.empty(); });
    if (!idle && !configured.empty()) {
        std::vector<std::string> ids;
        std::unordered_map<std::string, std::size_t> position;
        for (const auto& load : loads) {
            position.emplace(load.id, ids.size());
            ids.push_back(load.id);
        }
        std::vector<std::size_t> order;
        for (const auto& id : hash_map_order(ids)) order.push_back(position.at(id));
        connectors = surplus(loads, order, &Work::connectors, configured.connectors.size());
        tasks = surplus(loads, order, &Work::tasks, configured.tasks.size());
    }
    const auto any = [](const auto& lists) {
        return std::any_of(lists.begin(), lists.end(), [](const auto& list) { return !list.empty(); });
    };
    if (!any(connectors) && !any(tasks)) {
        if (revoked_in_previous_) successive_revocations_ = 0;
        revoked_in_previous_ = false;
        return;
    }
    if (revoked_in_previous_) {
        // Revocations round after round: let the group settle for longer and longer.
        delay_ = revocation_backoff(++successive_revocations_);
        if (delay_ != Millis{0}) {
            due_ = now + delay_;
            return;
        }
    }
    revoked_in_previous_ = true;
    for (std::size_t i = 0; i < loads.size(); ++i) {
        const Work taken{.connectors = std::move(connectors[i]), .tasks = std::move(tasks[i])};
        loads[i].next = without(loads[i].next, set_of(taken));
        append(loads[i].revoke, taken);
    }
}

Millis CooperativeAssignor::revocation_backoff(int successive) const {
    if (max_delay_ == Millis{0}) return max_delay_;
    constexpr double base = 40;
    const auto most = static_cast<double>(max_delay_.count());
    const double exponent = std::min(static_cast<double>(successive), std::log(most) / std::log(base));
    // The addend makes up for rounding in pow(base, log_base(most)), which is to be `most` itself.
    return std::min(Millis{static_cast<Millis::rep>(std::pow(base, exponent) + 1e-6)}, max_delay_);
}

}
