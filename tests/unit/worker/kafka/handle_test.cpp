#include "worker/kafka/handle.hpp"

#include "tests/pch.hpp"

#include <chrono>

using namespace millrace::worker;
using namespace std::chrono_literals;

TEST_CASE("that no broker can be reached is said at once, and again while it lasts, but not all the time") {
    HandleOpaque::LostBrokers lost;
    const auto begin = HandleOpaque::LostBrokers::Clock::now();
    CHECK(lost.tell(begin));
    CHECK_FALSE(lost.tell(begin));
    CHECK_FALSE(lost.tell(begin + 9999ms));
    CHECK(lost.tell(begin + 10s));
    CHECK_FALSE(lost.tell(begin + 19s));
    CHECK(lost.tell(begin + 60s));
}
