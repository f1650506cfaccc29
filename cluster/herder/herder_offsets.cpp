#include "cluster/async/await_callback.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"
#include "cluster/herder/status_views.hpp"

namespace millrace::cluster {

asio::awaitable<worker::ConnectorOffsets> DistributedHerder::connector_offsets(std::string name) {
    co_await ready_.wait();
    const auto settings = info_of(*fresh(), name).config;
    co_return co_await await_callback<worker::ConnectorOffsets>(
        [&](auto done) { worker_->connector_offsets(name, settings, std::move(done)); });
}

/// Only that it may be changed is asked in the herder's turn: the change itself takes the time that the connector and
/// the brokers need, and nothing else waits for it.
asio::awaitable<std::string> DistributedHerder::alter_offsets(std::string name, worker::OffsetChange change) {
    std::function<asio::awaitable<bool>()> check = [=, this] { return require_stopped(name); };
    co_await queued_done(check);
    auto info = info_of(*fresh(), name);
    if (info.type == "source" && deps_.config.exactly_once_source == worker::ExactlyOnceSource::Enabled) {
        co_await fence_before_change(name);
        co_await queued_done(std::move(check));  // fencing takes a while, in which it may have been resumed
        info = info_of(*fresh(), name);
    }
    const Stage stage(*this, "modifying offsets for connector " + name);
    co_return co_await await_callback<std::string>(
        [&](auto done) { worker_->alter_offsets(name, info.config, std::move(change), std::move(done)); });
}

asio::awaitable<void> DistributedHerder::fence_before_change(std::string name) {
    std::string failure;
    try {
        co_await join_fencing(name);
        co_return;
    } catch (const ConnectException& e) {
        failure = e.what();
    }
    logger_.error("The producers of connector {} could not be fenced: {}", name, failure);
    throw ConnectException("Failed to perform zombie fencing for source connector prior to modifying offsets");
}

asio::awaitable<bool> DistributedHerder::require_stopped(std::string name) {
    require_leader("Only the leader can process alter offsets requests.");
    const auto state = fresh();
    if (!state->contains(name)) throw NotFoundException("Connector " + name + " not found");
    if (state->target_state(name) == TargetState::Stopped && state->tasks(name).empty()) co_return true;
    refuse_offsets_unless_stopped(name);
}

}
