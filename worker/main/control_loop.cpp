#include "worker/main/control_loop.hpp"

#include "connectors/api/errors.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <csignal>

namespace millrace::worker {

namespace asio = boost::asio;

namespace {

/// As nohup has it, for a worker that is to outlive its terminal.
bool ignored(int signal) {
    struct sigaction now = {};
    return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}

ControlLoop::ControlLoop(asio::io_context& context, rest::Application& rest, const StartUp& made, Logger logger)
    : context_(context), rest_(rest), made_(made), logger_(std::move(logger)), signals_(context, SIGTERM, SIGINT) {
    if (!ignored(SIGHUP)) signals_.add(SIGHUP);
}

int ControlLoop::run(asio::awaitable<void> herder) {
    try {
        rest_.listen();
    } catch (const ConnectException& e) {
        logger_.error("Failed to start Connect: {}", e.what());
        return 3;
    }
    say_where();
    logger_.info("Kafka Connect starting");
    asio::co_spawn(
        context_, started(std::move(herder)),
        asio::bind_cancellation_slot(cancel_.slot(), [this](const std::exception_ptr& e) { on_herder_end(e); }));
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) begin_stop();
    });
    logger_.info("REST resources initialized; server is started and ready to handle requests");
    logger_.info("Kafka Connect started");
    while (!(rest_ended_ && herder_ended_)) {
        if (context_.run_one() == 0) break;
    }
    return exit_status_;
}

/// In lines that scripts look for.
void ControlLoop::say_where() const {
    const auto url = made_.address.url();
    logger_.info("REST server listening at {}/, advertising URL {}", to_string(made_.config.listeners.front()), url);
    const auto& admin = made_.config.admin_listeners;
    if (admin && admin->empty()) return;
    logger_.info("REST admin endpoints at {}", admin ? to_string(admin->front()) + "/" : url);
}

void ControlLoop::end(int status) {
    if (!stopping_) exit_status_ = status;
    begin_stop();
}

void ControlLoop::on_herder_end(const std::exception_ptr& error) {
    if (error && exit_status_ == 0) exit_status_ = 1;
    herder_ended_ = true;
    begin_stop();
}

/// REST first, so that no request is cut off by the herder's end; then the work, then the group.
void ControlLoop::begin_stop() {
    if (stopping_) return;
    stopping_ = true;
    signals_.cancel();
    logger_.info("Kafka Connect stopping");
    logger_.info("Stopping REST server");
    asio::co_spawn(context_, rest_.stop(), [this](const std::exception_ptr&) {
        logger_.info("REST server stopped");
        rest_ended_ = true;
        end_herder();
    });
}

asio::awaitable<void> ControlLoop::started(asio::awaitable<void> herder) {
    herder_started_ = true;
    if (rest_ended_) asio::post(context_, [this] { end_herder(); });
    co_await std::move(herder);
}

/// Not before it has begun: nobody would stop what it is to stop.
void ControlLoop::end_herder() {
    if (herder_started_ && !herder_ended_) cancel_.emit(asio::cancellation_type::all);
}

}
