/// Stops connectors and tasks of a worker.
#pragma once
#include "cluster/assignment/work.hpp"
#include "worker/runtime/worker.hpp"

#include <boost/asio/awaitable.hpp>

namespace millrace::cluster {

/// Returns when all have stopped, or their time is over.
boost::asio::awaitable<void> stop_in_worker(worker::Worker& worker, Work work,
                                            worker::StopManner manner = worker::StopManner::Gracefully);

}
