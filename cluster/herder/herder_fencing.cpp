#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"
#include "cluster/herder/producer_fencing.hpp"

namespace millrace::cluster {

namespace {

constexpr std::chrono::seconds fencing_limit{90};  ///< as long as REST waits for anything

int generation_of(const ClusterConfigState& state, const std::string& connector) {
    const auto found = state.task_config_generations.find(connector);
    return found == state.task_config_generations.end() ? -1 : found->second;
}

}

/// The brokers are asked outside of the herder's turn, so that nothing else waits for them; what they were asked for is
/// checked again before it is written down.
asio::awaitable<void> DistributedHerder::fence_zombies(std::string name, RequestSignature signature) {
    verify_internal(signature);
    const auto plan = std::make_shared<FencingPlan>();
    const auto generation = std::make_shared<int>(-1);
    std::function<asio::awaitable<bool>()> prepare = [=, from_peer = signature.from_peer, this] {
        return prepare_fencing(name, plan, generation, from_peer);
    };
    co_await queued_done(std::move(prepare));
    if (!plan->task_count) co_return;
    {
        const Stage stage(*this, "initiating a round of zombie fencing for connector " + name);
        co_await fence_producers(deps_.group, plan->transactional_ids, fencing_limit);
    }
    std::function<asio::awaitable<bool>()> finish = [=, this] {
        return finish_fencing(name, *plan->task_count, *generation);
    };
    co_await queued_done(std::move(finish));
}

asio::awaitable<bool> DistributedHerder::prepare_fencing(std::string name, std::shared_ptr<FencingPlan> plan,
                                                         std::shared_ptr<int> generation, bool from_peer) {
    co_await deps_.configs.refresh(deps_.config.worker_sync_timeout);
    const auto state = fresh();
    if (!state->contains(name)) throw NotFoundException("Connector " + name + " not found");
    require_leader("Only the leader may perform zombie fencing.");
    require_peer(from_peer);
    if (info_of(*state, name).type != "source") {
        throw ConfigException("Connector " + name + " is not a source connector");
    }
    *plan = plan_fencing(*state, deps_.config.group_id, name);
    *generation = generation_of(*state, name);
    co_return true;
}

asio::awaitable<bool> DistributedHerder::finish_fencing(std::string name, int task_count, int generation) {
    require_leader("Only the leader may perform zombie fencing.");
    co_await deps_.configs.refresh(deps_.config.worker_sync_timeout);
    if (generation_of(*fresh(), name) != generation) {
        throw ConflictException("Failed to complete zombie fencing because a new set of task configs was generated");
    }
    const Stage stage(*this, "writing a task count record for connector " + name + " to the config topic");
    co_await deps_.configs.put_task_count(std::move(name), task_count);
    co_return true;
}

}
