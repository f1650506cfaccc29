/// Turns a worker's control thread: REST and the herder, until a signal, the herder's death or a failure at the start.
#pragma once
#include "connectors/api/log.hpp"
#include "rest/resources/application.hpp"
#include "worker/main/start_up.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <exception>

namespace millrace::worker {

class ControlLoop {
public:
    ControlLoop(boost::asio::io_context& context, rest::Application& rest, const StartUp& made, Logger logger);

    /// Runs `herder`, which is cancelled at the end, and says how the process is to end: 0 after SIGTERM, SIGINT or
    /// the end of its terminal (SIGHUP), 1 after the herder's death, 3 if the REST server cannot start.
    int run(boost::asio::awaitable<void> herder);
    /// Ends run() with this status, unless it ends already.
    void end(int status);

private:
    void on_herder_end(const std::exception_ptr& error);
    void begin_stop();
    boost::asio::awaitable<void> started(boost::asio::awaitable<void> herder);
    void end_herder();
    void say_where() const;

    boost::asio::io_context& context_;
    rest::Application& rest_;
    const StartUp& made_;
    Logger logger_;
    boost::asio::signal_set signals_;
    boost::asio::cancellation_signal cancel_;
    int exit_status_ = 0;
    bool stopping_ = false;
    bool rest_ended_ = false;
    bool herder_started_ = false;
    bool herder_ended_ = false;
};

}
