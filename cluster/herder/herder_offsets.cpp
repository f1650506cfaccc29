#include "cluster/async/await_callback.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"

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
    co_await queued_done(std::move(check));
    const auto settings = info_of(*fresh(), name).config;
    const Stage stage(*this, "modifying offsets for connector " + name);
    co_return co_await await_callback<std::string>(
        [&](auto done) { worker_->alter_offsets(name, settings, std::move(change), std::move(done)); });
}

asio::awaitable<bool> DistributedHerder::require_stopped(std::string name) {
    require_leader("Only the leader can process alter offsets requests.");
    const auto state = fresh();
    if (!state->contains(name)) throw NotFoundException("Connector " + name + " not found");
    if (state->target_state(name) == TargetState::Stopped && state->tasks(name).empty()) co_return true;
    throw ConfigException(
        "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the "
        "specified connector by issuing a 'PUT' request to the '/connectors/" +
        name + "/stop' endpoint");
}

}
