#include "cluster/herder/distributed_herder.hpp"

#include "cluster/async/await_callback.hpp"
#include "cluster/herder/herder_stage.hpp"
#include "cluster/herder/restart_plan.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_sleep{1000};  ///< between ticks when nothing happens; a rebalance timeout is longer
constexpr milliseconds retry_pause{250};

std::int64_t epoch_ms(std::chrono::system_clock::time_point time) {
    return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

}

DistributedHerder::DistributedHerder(DistributedHerderDependencies dependencies)
    : deps_(std::move(dependencies)),
      logger_(deps_.logger),
      member_(deps_.executor, deps_.group, *this, deps_.logger,
              [this] { return milliseconds(epoch_ms(deps_.clock())); }),
      scope_(deps_.executor,
             [this](std::exception_ptr error) {
                 failure_ = std::move(error);
                 wake_.set();
             }),
      turn_(deps_.executor),
      wake_(deps_.executor),
      loaded_(deps_.executor),
      ready_(deps_.executor),
      rebalances_({.window = deps_.config.metrics_window, .samples = deps_.config.metrics_samples}) {
    stage_.begin("awaiting startup", deps_.clock());
    deps_.configs.set_listener([this](const ConfigEvent& event) { on_config_event(event); });
}

DistributedHerder::~DistributedHerder() {
    *alive_ = false;
    deps_.configs.set_listener({});
}

asio::awaitable<void> DistributedHerder::run() {
    std::exception_ptr error;
    try {
        logger_.info("Herder starting");
        co_await start_stores();
        scope_.spawn(member_.run());
        co_await loop();
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await shut_down();
    if (is_cancelled(error)) co_return;
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        logger_.error("Uncaught exception in herder work thread, exiting: {}", e.what());
        throw;
    }
}

asio::awaitable<void> DistributedHerder::start_stores() {
    const Stage stage(*this, "initializing and reading to the end of internal topics");
    co_await await_done([this](auto done) { deps_.offsets.start(std::move(done)); });
    co_await deps_.statuses.start();
    co_await deps_.configs.start();
    loaded_.set();
    co_await publish_certificate();
    state_ = fresh();
}

asio::awaitable<void> DistributedHerder::loop() {
    for (;;) {
        if (failure_) std::rethrow_exception(failure_);
        wake_.clear();
        bool again = false;
        try {
            const auto turn = co_await turn_.take();
            co_await tick();
        } catch (const ConnectException& e) {
            logger_.error("The herder could not finish what it was doing, and tries again: {}", e.what());
            again = true;
        }
        if (again) {
            co_await sleep_for(retry_pause);
            continue;
        }
        if (group_settled() && !ready_.is_set()) {
            logger_.info("Herder started");
            ready_.set();
        }
        co_await wake_.wait_until(next_wake());
    }
}

SteadyTime DistributedHerder::next_wake() const {
    auto next = steady_clock::now() + longest_sleep;
    if (scheduled_rebalance_) next = std::min(next, *scheduled_rebalance_);
    if (!can_read_configs_) next = std::min(next, catch_up_at_);
    for (const auto& request : requests_)
        if (!request.needs_group || group_settled()) next = std::min(next, request.at);
    return next;
}

/// In the order of Kafka Connect's loop; a step that makes a rebalance due ends the tick.
asio::awaitable<void> DistributedHerder::tick() {
    member_.mark_progress();
    if (!can_read_configs_) co_await catch_up_again();
    if (assignment_ && scheduled_rebalance_) resolved_ = false;
    if (assignment_ && can_read_configs_) co_await resolve();
    if (group_settled() && is_leader()) {
        const bool claimed = co_await claim_config_topic();
        if (!claimed) co_return;
        co_await rotate_session_key();
    }
    co_await run_requests();
    if (!group_settled()) co_return;
    co_await process_restarts();
    co_await apply_config_changes();
}

bool DistributedHerder::is_leader() const {
    return assignment_ && !assignment_->leader.empty() && assignment_->leader == member_.member_id();
}

void DistributedHerder::rejoin(const std::string& reason) {
    rejoin_pending_ = true;
    member_.request_rejoin(reason);
}

/// False if it has to be tried again.
asio::awaitable<bool> DistributedHerder::claim_config_topic() {
    if (deps_.configs.can_write_as_leader()) co_return true;
    const Stage stage(*this, "reclaiming write privileges for the config topic");
    std::string failure;
    try {
        co_await deps_.configs.claim_write_privileges();
        co_return true;
    } catch (const ConnectException& e) {
        failure = e.what();
    }
    logger_.warn("Unable to claim write privileges for config topic. Will try again while this worker leads: {}",
                 failure);
    co_await sleep_for(retry_pause);
    co_return false;
}

asio::awaitable<void> DistributedHerder::rotate_session_key() {
    if (member_.protocol() != Protocol::Sessioned) co_return;
    const auto& config = deps_.config.session_key;
    const SessionKeySettings settings{config.generation_algorithm, config.size_bits, config.ttl};
    const auto now = epoch_ms(deps_.clock());
    if (!needs_new_session_key(fresh()->session_key, settings, now)) co_return;
    const Stage stage(*this, "writing a new session key to the config topic");
    try {
        co_await deps_.configs.put_session_key(make_session_key(settings, now, deps_.random));
    } catch (const ConnectException& e) {
        logger_.info(
            "Failed to write new session key to config topic; forcing a read to the end of the config topic "
            "before possibly retrying: {}",
            e.what());
        can_read_configs_ = false;
    }
}

asio::awaitable<void> DistributedHerder::run_requests() {
    const auto now = steady_clock::now();
    for (auto left = requests_.size(); left > 0; --left) {
        auto request = std::move(requests_.front());
        requests_.pop_front();
        if (request.at > now || (request.needs_group && !group_settled())) {
            requests_.push_back(std::move(request));
            continue;
        }
        co_await request.run();
    }
}

asio::awaitable<void> DistributedHerder::shut_down() {
    const Stage stage(*this, "shutting down");
    logger_.info("Herder stopping");
    shutting_down_ = true;
    for (auto& request : std::exchange(requests_, {}))
        if (request.refuse) request.refuse();
    const auto turn = co_await turn_.take();
    try {
        co_await stop_everything();
        if (assignment_) co_await deps_.statuses.flush();
    } catch (const std::exception& e) {
        logger_.error("Some work could not be stopped in order: {}", e.what());
    }
    running_connectors_.clear();
    running_tasks_.clear();
    // Before the goodbye, so that the others agree at once on how far the config topic goes.
    if (fresh()->peers.count(deps_.group.advertised_url) != 0) co_await forget_certificate(deps_.group.advertised_url);
    co_await scope_.stop();
    logger_.info("Herder stopped");
}

void DistributedHerder::on_config_event(const ConfigEvent& event) {
    if (const auto* e = std::get_if<ConnectorConfigUpdated>(&event)) {
        logger_.info("Connector {} config updated", e->connector);
        if (!state_->contains(e->connector)) needs_rebalance_ = true;
        changed_connectors_.insert(e->connector);
        supervisor_.forget(e->connector);
    } else if (const auto* removed = std::get_if<ConnectorConfigRemoved>(&event)) {
        logger_.info("Connector {} config removed", removed->connector);
        if (state_->contains(removed->connector)) needs_rebalance_ = true;
        changed_connectors_.insert(removed->connector);
        published_from_.erase(removed->connector);
    } else if (const auto* tasks = std::get_if<TaskConfigsCommitted>(&event)) {
        std::vector<std::string> names;
        for (const auto& id : tasks->tasks) names.push_back(to_string(id));
        logger_.info("Tasks [{}] configs updated", fmt::join(names, ", "));
        needs_rebalance_ = true;
        changed_tasks_.insert(tasks->tasks.begin(), tasks->tasks.end());
    } else if (const auto* target = std::get_if<TargetStateChanged>(&event)) {
        logger_.info("Connector {} target state change", target->connector);
        changed_target_states_.insert(target->connector);
    } else if (const auto* restart = std::get_if<RestartRequested>(&event)) {
        const RestartRequest request{restart->request.connector, restart->request.only_failed,
                                     restart->request.include_tasks};
        logger_.info("Received and enqueuing {}", to_string(request));
        const auto [known, first] = pending_restarts_.try_emplace(request.connector, request);
        if (!first) known->second = stronger(known->second, request);
    } else if (std::holds_alternative<SessionKeyUpdated>(event)) {
        logger_.info("Session key updated");
    } else if (const auto* level = std::get_if<LoggerLevelUpdated>(&event)) {
        if (deps_.set_logger_level) deps_.set_logger_level(level->logger, level->level);
    }
    wake_.set();
}

}
