/// Waiting that a stop cuts short.
#pragma once
#include <chrono>
#include <stop_token>

namespace millrace {

void wait_or_stop(std::chrono::milliseconds time, const std::stop_token& stop);

}
