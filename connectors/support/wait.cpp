#include "connectors/support/wait.hpp"

#include <condition_variable>
#include <mutex>

namespace millrace {

void wait_or_stop(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, time, [] { return false; });
}

}
