#include "cluster/async/await_callback.hpp"
#include "cluster/async/with_timeout.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"
#include "cluster/herder/producer_fencing.hpp"
#include "cluster/storage/given_up.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace millrace::cluster {

namespace {

constexpr std::chrono::seconds fencing_limit{90};  ///< as long as REST waits for anything

int generation_of(const ClusterConfigState& state, const std::string& connector) {
    const auto found = state.task_config_generations.find(connector);
    return found == state.task_config_generations.end() ? -1 : found->second;
}

/// A round that does not know of newer task configurations would leave their zombies alone.
asio::awaitable<void> read_to_end(ConfigBackingStore& configs, std::chrono::milliseconds limit) {
    const bool read = co_await configs.refresh(limit);
    if (!read) throw ConnectException("Failed to read to end of config topic before performing zombie fencing");
}

}

/// What those who ask for the same connector at the same time share: a second round would fence the producers that have
/// come after the first.
struct DistributedHerder::FencingRound {
    explicit FencingRound(asio::any_io_executor executor) : done(std::move(executor)) {}
    FencingPlan plan;
    Settings connector = {};  ///< its configuration
    int generation = -1;
    worker::Lease::Term term = 0;  ///< of this worker's lead
    std::exception_ptr error;
    Event done;
};

asio::awaitable<void> DistributedHerder::fence_zombies(std::string name, RequestSignature signature) {
    verify(signature);
    require_leader("Only the leader may perform zombie fencing.");
    require_peer(signature.from_peer);
    return join_fencing(std::move(name));
}

asio::awaitable<void> DistributedHerder::join_fencing(std::string name) {
    const auto known = fencing_.find(name);
    const auto round = known == fencing_.end() ? std::make_shared<FencingRound>(deps_.executor) : known->second;
    if (fencing_.try_emplace(name, round).second) scope_.spawn(run_fencing(name, round));
    co_await round->done.wait();
    if (round->error) std::rethrow_exception(round->error);
}

asio::awaitable<void> DistributedHerder::run_fencing(std::string name, FencingRoundPtr round) {
    try {
        co_await fence(name, round);
    } catch (const ConnectException& e) {
        round->error = std::current_exception();
        if (round->plan.task_count) {
            logger_.warn("A round of zombie fencing for connector {} failed: {}", name, e.what());
        }
    } catch (...) {  // the worker shuts down
        round->error = std::make_exception_ptr(ConnectException("Worker is shutting down"));
    }
    fencing_.erase(name);
    round->done.set();
}

/// The brokers are asked outside of the herder's turn, so that nothing else waits for them; what they were asked for is
/// checked again before it is written down.
asio::awaitable<void> DistributedHerder::fence(std::string name, FencingRoundPtr round) {
    std::function<asio::awaitable<bool>()> prepare = [=, this] { return prepare_fencing(name, round); };
    co_await queued_done(std::move(prepare));
    if (!round->plan.task_count) co_return;
    {
        const Stage stage(*this, "initiating a round of zombie fencing for connector " + name);
        co_await fence_as(name, round);
    }
    std::function<asio::awaitable<bool>()> finish = [=, this] { return finish_fencing(name, round); };
    co_await queued_done(std::move(finish));
}

/// With the credentials that the connector has for admin clients: it may be alone in being allowed to use its ids.
asio::awaitable<void> DistributedHerder::fence_as(std::string name, FencingRoundPtr round) {
    if (round->plan.transactional_ids.empty()) co_return;
    auto group = deps_.group;
    if (deps_.admin_connection) {
        const auto ask = [&](auto done) { worker_->fencing_client(name, round->connector, std::move(done)); };
        const auto client = co_await await_callback<Settings>(ask);
        group = deps_.admin_connection(client);
    }
    std::function<void()> still_wanted = [this, round] { require_lead(round->term); };
    try {
        co_await fence_producers(std::move(group), round->plan.transactional_ids, fencing_limit,
                                 std::move(still_wanted));
    } catch (const TimeoutException& e) {  // of the round, not of who asks
        throw RetriableException(fmt::format("Failed to perform zombie fencing: {}", e.what()));
    }
}

/// Under another leader the producers of these ids may be those of the tasks that run now.
void DistributedHerder::require_lead(worker::Lease::Term term) const {
    if (!worker_->lease().held(term)) {
        throw GivenUpException("this worker was no member of its group for a while, and another may lead by now");
    }
    require_leader("Only the leader may perform zombie fencing.");
}

asio::awaitable<bool> DistributedHerder::prepare_fencing(std::string name, FencingRoundPtr round) {
    co_await read_to_end(deps_.configs, deps_.config.worker_sync_timeout);
    const auto state = fresh();
    if (!state->contains(name)) throw NotFoundException("Connector " + name + " not found");
    require_leader("Only the leader may perform zombie fencing.");
    auto info = info_of(*state, name);
    if (info.type != "source") {
        throw ConfigException("Connector " + name + " is not a source connector");
    }
    round->plan = plan_fencing(*state, deps_.config.group_id, name);
    round->connector = std::move(info.config);
    round->generation = generation_of(*state, name);
    round->term = worker_->lease().term();
    co_return true;
}

asio::awaitable<bool> DistributedHerder::finish_fencing(std::string name, FencingRoundPtr round) {
    require_leader("Only the leader may perform zombie fencing.");
    co_await read_to_end(deps_.configs, deps_.config.worker_sync_timeout);
    if (generation_of(*fresh(), name) != round->generation) {
        throw ConflictException("Failed to complete zombie fencing because a new set of task configs was generated");
    }
    const Stage stage(*this, "writing a task count record for connector " + name + " to the config topic");
    co_await deps_.configs.put_task_count(std::move(name), *round->plan.task_count);
    co_return true;
}

/// Its steps are taken on the task's thread, and come here.
worker::ProducerGate DistributedHerder::gate_of(const TaskId& id) {
    const bool exactly_once = deps_.config.exactly_once_source == worker::ExactlyOnceSource::Enabled;
    if (!exactly_once || info_of(*state_, id.connector).type != "source") return {};
    const auto step = [this, alive = alive_](std::function<asio::awaitable<void>()> work, worker::Done done) {
        asio::post(deps_.executor, [this, alive, work = std::move(work), done = std::move(done)] {
            if (*alive) scope_.spawn(answer(work, done));
        });
    };
    const auto generation = generation_of(*state_, id.connector);
    return {
        .fence = [=, this, name = id.connector](
                     worker::Done done) { step([=, this] { return fence_for_task(name); }, std::move(done)); },
        .verify =
            [=, this](worker::Done done) { step([=, this] { return verify_task(id, generation); }, std::move(done)); }};
}

asio::awaitable<void> DistributedHerder::answer(std::function<asio::awaitable<void>()> work, worker::Done done) {
    std::exception_ptr error;
    try {
        co_await work();
    } catch (...) {
        error = std::current_exception();
    }
    if (is_cancelled(error)) error = std::make_exception_ptr(RetriableException("Worker is shutting down"));
    done(error);
}

/// Leaders change and brokers are away for a time: what may pass is a RetriableException.
asio::awaitable<void> DistributedHerder::fence_for_task(std::string name) {
    try {
        if (is_leader()) {
            co_await join_fencing(name);
        } else {
            co_await forward_fencing(name);
        }
    } catch (const NotFoundException&) {
        throw;
    } catch (const PermanentException& e) {
        throw ConnectException(fmt::format("Failed to perform round of zombie fencing: {}", e.what()));
    } catch (const ConnectException& e) {
        throw RetriableException(e.what());
    }
}

asio::awaitable<void> DistributedHerder::forward_fencing(std::string name) {
    const auto url = member_.leader_url();
    if (url.empty() || !deps_.leader_client) throw ConnectException("the leader is not known");
    const auto key = signing_key();
    co_await deps_.leader_client->fence_zombies(url, std::move(name), key);
}

asio::awaitable<void> DistributedHerder::verify_task(TaskId id, int generation) {
    const bool read = co_await deps_.configs.refresh(deps_.config.worker_sync_timeout);
    if (!read) throw RetriableException("the config topic could not be read to its end in time");
    if (generation_of(*fresh(), id.connector) != generation) {
        throw ConnectException("Cannot start source task " + to_string(id) +
                               " with exactly-once support as the connector has already generated a new set of task "
                               "configs");
    }
    if (running_tasks_.count(id) == 0) {
        throw ConnectException("Cannot start source task " + to_string(id) +
                               " as it has already been revoked from this worker");
    }
}

}
