#include "worker/runtime/attempt.hpp"

#include "connectors/api/java_class.hpp"
#include "tests/pch.hpp"
#include "worker/metrics/task_metrics.hpp"
#include "worker/runtime/trace.hpp"

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

namespace {

struct WithJavaClass : ConnectException, HasJavaClass {
    using ConnectException::ConnectException;
    std::string_view java_class() const noexcept override { return "com.example.OwnException"; }
};

/// Time passes only where the context waits.
struct Waits {
    ProcessingContext::Clock::time_point now{};
    std::vector<std::chrono::milliseconds> all;
    bool interrupted = false;

    ProcessingContext context(ErrorHandling handling) {
        return {handling,
                "c-0",
                Logger{},
                {.now = [this] { return now; },
                 .wait =
                     [this](std::chrono::milliseconds time) {
                         if (time > 0ms) all.push_back(time);
                         now += time;
                         return !interrupted;
                     },
                 .random = [] { return 0.5; }}};
    }
};
const Stage stage{StageKind::ValueConverter, "X"};

}

TEST_CASE("retriable failures are tried again until the time is over") {
    Waits waits;
    auto context = waits.context({.retry_timeout = 1s, .tolerance = Tolerance::All});
    context.begin({});
    int calls = 0;
    const auto result = attempt(stage, context, [&]() -> int {
        ++calls;
        throw RetriableException("not yet");
    });
    CHECK(!result);
    CHECK(waits.all == std::vector{300ms, 600ms, 100ms});
    CHECK(calls == 4);
}

TEST_CASE("the time for retries counts from the begin of the first try") {
    Waits waits;
    auto context = waits.context({.retry_timeout = 1s, .tolerance = Tolerance::All});
    context.begin({});
    int calls = 0;
    CHECK(!attempt(stage, context, [&]() -> int {
        if (++calls == 1) waits.now += 700ms;
        throw RetriableException("not yet");
    }));
    CHECK(waits.all == std::vector{300ms});
    CHECK(calls == 2);
}

TEST_CASE("each stage of a record has the time for retries to itself") {
    Waits waits;
    auto context = waits.context({.retry_timeout = 1s, .tolerance = Tolerance::All});
    context.begin({});
    int calls = 0;
    const auto every_third_time = [&] {
        if (++calls % 3 != 0) throw RetriableException("not yet");
        return calls;
    };
    CHECK(attempt({StageKind::KeyConverter, "K"}, context, every_third_time) == 3);
    CHECK(attempt(stage, context, every_third_time) == 6);
    CHECK(waits.all == std::vector{300ms, 600ms, 300ms, 600ms});
}

TEST_CASE("a stop ends the attempt without a verdict on the record, also where nothing is tried again") {
    Waits waits;
    waits.interrupted = true;
    auto context = waits.context({.retry_timeout = 0ms, .tolerance = Tolerance::All});
    context.begin({});
    CHECK_THROWS_AS(attempt(stage, context, []() -> int { throw RetriableException("cut short"); }), StopRequested);
}

TEST_CASE("a retry that succeeds gives the result") {
    Waits waits;
    auto context = waits.context({.retry_timeout = -1ms});
    context.begin({});
    int calls = 0;
    CHECK(attempt(stage, context, [&] {
              if (++calls < 20) throw RetriableException("not yet");
              return 7;
          }) == 7);
    CHECK(waits.all.size() == 19);
    CHECK(waits.all.back() == 30s);  // half of the maximum: the random part
}

TEST_CASE("other failures are not tried again") {
    Waits waits;
    auto strict = waits.context({.retry_timeout = 1h});
    strict.begin({});
    const auto fail = []() -> int { throw DataException("bad"); };
    try {
        attempt(stage, strict, fail);
        FAIL("was tolerated");
    } catch (const ConnectException& e) {
        CHECK(trace_of(e) ==
              "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler\n"
              "Caused by: org.apache.kafka.connect.errors.DataException: bad");
    }
    CHECK(waits.all.empty());
    auto tolerant = waits.context({.tolerance = Tolerance::All});
    tolerant.begin({});
    CHECK(!attempt(stage, tolerant, fail));
}

TEST_CASE("a task that is to stop leaves its record as it is") {
    Waits waits;
    waits.interrupted = true;
    auto context = waits.context({.retry_timeout = -1ms, .tolerance = Tolerance::All});
    context.begin({});
    CHECK_THROWS_AS(attempt(stage, context, []() -> int { throw RetriableException("not yet"); }), StopRequested);
    CHECK(waits.all.size() == 1);
}

namespace {

struct Reports : ErrorReporter {
    std::vector<std::string> all;
    void report(const Stage& failed, const RecordInWork& record, const std::exception& error) override {
        all.push_back(fmt::format("{} {} {} {}", to_string(failed.kind), failed.class_name,
                                  record.consumed ? record.consumed->offset : -1, error.what()));
    }
};

}

TEST_CASE("reporters hear of every record that is refused, tolerated or not") {
    const auto tolerance = GENERATE(Tolerance::None, Tolerance::All);
    Waits waits;
    auto context = waits.context({.tolerance = tolerance});
    Reports reports;
    CHECK_FALSE(context.reports());
    context.add_reporter(reports);
    CHECK(context.reports());
    const ConsumerRecord record{.topic = "t", .partition = 1, .offset = 7};
    context.begin({.consumed = &record});
    const auto fail = [&] { attempt(stage, context, []() -> int { throw DataException("bad"); }); };
    if (tolerance == Tolerance::All) {
        CHECK_NOTHROW(fail());
    } else {
        CHECK_THROWS_WITH(fail(), "Tolerance exceeded in error handler");
    }
    CHECK(reports.all == std::vector<std::string>{"VALUE_CONVERTER X 7 bad"});
}

namespace {

/// What Kafka Connect 4.3 counts for one record: failures, errors, skipped, retries, logged; and whether it has a time.
std::vector<std::uint64_t> counts_of(const TaskErrorCounters& c) {
    return {c.failures, c.errors, c.skipped, c.retries, c.logged, c.last_error_ms > 0 ? 1U : 0U};
}
using Counts = std::vector<std::uint64_t>;

}

TEST_CASE("a stage's failures are counted as errors, and as skipped where they are tolerated", "[metrics]") {
    Waits waits;
    TaskErrorCounters counters;
    const auto tolerance = GENERATE(Tolerance::None, Tolerance::All);
    auto context = waits.context({.tolerance = tolerance, .log_enable = true});
    context.count_in(counters);
    context.begin({});
    try {
        attempt(stage, context, []() -> int { throw DataException("bad"); });
    } catch (const ConnectException&) {
        CHECK(tolerance == Tolerance::None);
    }
    CHECK(counts_of(counters) == Counts{1, 1, tolerance == Tolerance::All ? 1U : 0U, 0, 1, 1});
}

TEST_CASE("each try that fails is a failure, and the last one two", "[metrics]") {
    Waits waits;
    TaskErrorCounters counters;
    auto context = waits.context({.retry_timeout = 1s, .tolerance = Tolerance::All});
    context.count_in(counters);
    context.begin({});
    int calls = 0;
    CHECK(attempt(stage, context, [&] {
              if (++calls < 3) throw RetriableException("not yet");
              return 7;
          }) == 7);
    CHECK(counts_of(counters) == Counts{2, 0, 0, 2, 0, 0});
    context.begin({});
    CHECK(!attempt(stage, context, []() -> int { throw RetriableException("not yet"); }));
    CHECK(counts_of(counters) == Counts{2 + 5, 1, 1, 2 + 3, 0, 1});
}

TEST_CASE("what a sink reports or brokers refuse is a failure only, where it is tolerated", "[metrics]") {
    Waits waits;
    TaskErrorCounters counters;
    const auto kind = GENERATE(StageKind::TaskPut, StageKind::KafkaProduce);
    auto tolerant = waits.context({.tolerance = Tolerance::All});
    tolerant.count_in(counters);
    tolerant.begin({});
    tolerant.skip({kind, "X"}, DataException("bad"));
    CHECK(counts_of(counters) == Counts{1, 0, 0, 0, 0, 1});
    auto strict = waits.context({.tolerance = Tolerance::None});
    strict.count_in(counters);
    strict.begin({});
    const auto refuse = [&] {
        try {
            throw DataException("bad");
        } catch (const DataException& e) {
            strict.skip({kind, "X"}, e);
        }
    };
    CHECK_THROWS_WITH(refuse(), "Tolerance exceeded in error handler");
    CHECK(counts_of(counters) == Counts{2, 1, 0, 0, 0, 1});
}

TEST_CASE("delays double up to the maximum, then vary below it") {
    CHECK(retry_delay(1, 60s, 0.9) == 300ms);
    CHECK(retry_delay(8, 60s, 0.9) == 38400ms);
    CHECK(retry_delay(9, 60s, 0.25) == 15s);
    CHECK(retry_delay(1'000'000, 60s, 1) == 60s);
}

TEST_CASE("traces begin with the name that Java users know") {
    CHECK(trace_of(std::make_exception_ptr(ConfigException("x"))) ==
          "org.apache.kafka.common.config.ConfigException: x");
    CHECK(trace_of(std::make_exception_ptr(TooManyTasksException("x"))) ==
          "org.apache.kafka.connect.runtime.TooManyTasksException: x");
    CHECK(trace_of(std::make_exception_ptr(std::logic_error("x"))) == "java.lang.RuntimeException: x");
    CHECK(trace_of(std::make_exception_ptr(WithJavaClass("x"))) == "com.example.OwnException: x");
    CHECK(trace_of(nullptr).empty());
}
