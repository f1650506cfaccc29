#include "connectors/postgres/source/gathering.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;
using std::chrono::milliseconds;

TEST_CASE("changes are let gather from 10,000 a second on, and longer from 50,000 on", "[postgres]") {
    const Gathering::Clock::time_point start{std::chrono::hours{1}};
    const auto pause_after = [&](int frames) {
        Gathering gathering;
        gathering.count(1, start);  // the first window has no beginning
        gathering.count(frames, start + milliseconds{10});
        return gathering.pause();
    };
    CHECK(pause_after(99) == milliseconds{0});
    CHECK(pause_after(100) == milliseconds{1});
    CHECK(pause_after(499) == milliseconds{1});
    CHECK(pause_after(500) == milliseconds{4});
}

TEST_CASE("the pause changes when a window of 10 ms has passed", "[postgres]") {
    const Gathering::Clock::time_point start{std::chrono::hours{1}};
    Gathering gathering;
    gathering.count(1, start);
    gathering.count(1'000, start + milliseconds{9});
    CHECK(gathering.pause() == milliseconds{0});
    gathering.count(0, start + milliseconds{10});
    CHECK(gathering.pause() == milliseconds{4});
    gathering.count(3, start + milliseconds{20});
    CHECK(gathering.pause() == milliseconds{0});
}
