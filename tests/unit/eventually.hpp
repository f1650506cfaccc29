/// The one wait of the unit tests.
#pragma once
#include <chrono>
#include <thread>

namespace millrace {

/// Looks every 5 ms until the condition holds; false if it does not within a minute.
template <class Condition>
bool eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}
