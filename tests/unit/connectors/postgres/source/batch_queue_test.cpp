#include "connectors/postgres/source/batch_queue.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

#include <thread>

using namespace millrace;
using namespace millrace::postgres;
using namespace std::chrono_literals;

namespace {

SourceBatch batch_of(std::size_t bytes) {
    SourceBatch batch{.values = std::make_shared<Arena>(), .offsets = std::make_shared<Arena>()};
    batch.values->allocate(bytes, 1);
    batch.records.resize(1);
    return batch;
}

}

TEST_CASE("the queue holds no more bytes than its limit, but always one batch", "[postgres]") {
    BatchQueue queue({.bytes = 1000, .records = 100});
    auto first = batch_of(5000);
    CHECK(queue.push(first, 0ms));
    CHECK(first.records.empty());
    auto second = batch_of(10);
    CHECK_FALSE(queue.push(second, 1ms));
    CHECK(second.records.size() == 1);
    CHECK(queue.pop({}, 0ms));
    CHECK(queue.push(second, 0ms));
}

TEST_CASE("a waiting pop gets a batch as soon as there is one", "[postgres]") {
    BatchQueue queue({.bytes = 1000, .records = 100});
    std::jthread producer([&] {
        auto batch = batch_of(1);
        queue.push(batch, 10s);
    });
    CHECK(queue.pop({}, 10s));
}

TEST_CASE("a stop ends a waiting pop, a failure comes after what was queued", "[postgres]") {
    BatchQueue queue({.bytes = 1000, .records = 100});
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    CHECK_FALSE(queue.pop(stop.get_token(), 10s));
    auto batch = batch_of(1);
    CHECK(queue.push(batch, 0ms));
    queue.fail(std::make_exception_ptr(ConnectException("broken")));
    CHECK(queue.pop({}, 0ms));
    CHECK_THROWS_WITH(queue.pop({}, 0ms), "broken");
}

TEST_CASE("closing frees a producer that waits for room", "[postgres]") {
    BatchQueue queue({.bytes = 1, .records = 1});
    auto batch = batch_of(5);
    CHECK(queue.push(batch, 0ms));
    std::jthread closer([&] { queue.close(); });
    auto another = batch_of(5);
    CHECK_FALSE(queue.push(another, 10s));
}
