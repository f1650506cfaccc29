#include "connectors/postgres/source/outlet.hpp"

#include "connectors/postgres/client/connection.hpp"
#include "tests/pch.hpp"

#include <thread>

using namespace millrace;
using namespace millrace::postgres;
using namespace std::chrono_literals;

namespace {

SourceBatch one_record() {
    SourceBatch batch;
    batch.records.emplace_back();
    return batch;
}

}

TEST_CASE("a pause lasts as long as it is told to") {
    BatchQueue queue({.bytes = 1000, .records = 10});
    const Outlet outlet(queue);
    const auto begin = std::chrono::steady_clock::now();
    outlet.pause(3ms);
    CHECK(std::chrono::steady_clock::now() - begin >= 3ms);
}

TEST_CASE("a stop ends a pause") {
    BatchQueue queue({.bytes = 1000, .records = 10});
    Outlet outlet(queue);
    std::jthread stopper([&] { outlet.stop(); });
    CHECK_THROWS_AS(outlet.pause(10min), Interrupted);
    CHECK(outlet.stopping());
}

TEST_CASE("delivery waits for room, calling back meanwhile, and a stop ends it") {
    BatchQueue queue({.bytes = 1000, .records = 1});
    Outlet outlet(queue);
    CHECK(!outlet.take_progress());
    outlet.deliver(one_record());
    CHECK(outlet.take_progress());

    int calls = 0;
    outlet.deliver(one_record(), [&] {
        if (++calls == 1) queue.pop({}, 0ms);
    });
    CHECK(calls == 1);
    CHECK_THROWS_AS(outlet.deliver(one_record(), [&] { outlet.stop(); }), Interrupted);
}
