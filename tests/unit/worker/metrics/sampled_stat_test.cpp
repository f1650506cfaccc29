#include "worker/metrics/sampled_stat.hpp"

#include "tests/pch.hpp"

#include <cmath>

namespace millrace::worker {

using std::chrono::seconds;

TEST_CASE("Means, maxima and rates are those of the latest windows", "[metrics]") {
    SampledStat stat({.window = seconds(10), .samples = 2});
    const SampledStat::Clock::time_point start{};
    CHECK(std::isnan(stat.avg(start)));
    CHECK(std::isnan(stat.max(start)));
    CHECK(stat.rate(start) == 0);

    stat.record(10, start);
    stat.record(30, start + seconds(1));
    CHECK(stat.avg(start + seconds(2)) == 20);
    CHECK(stat.max(start + seconds(2)) == 30);
    CHECK(stat.rate(start + seconds(2)) == Approx(40.0 / 12));  // a whole window counts besides until one is over
    CHECK(stat.rate(start + seconds(10)) == 4);

    stat.record(80, start + seconds(12));
    CHECK(stat.avg(start + seconds(12)) == 40);
    CHECK(stat.rate(start + seconds(15)) == Approx(8));
    // The first window counts until its last value is older than two.
    CHECK(stat.avg(start + seconds(20)) == 40);
    CHECK(stat.rate(start + seconds(20)) == 6);
    CHECK(stat.avg(start + seconds(21)) == 80);
    CHECK(stat.max(start + seconds(21)) == 80);
    CHECK(std::isnan(stat.avg(start + seconds(33))));
    CHECK(stat.count() == 3);
    CHECK(stat.total() == 120);
}

TEST_CASE("Shares are 0 where nothing happened", "[metrics]") {
    SampledStat stat({.window = seconds(10), .samples = 2});
    const SampledStat::Clock::time_point start{};
    CHECK(stat.share_of(true, start) == 0);
    CHECK(stat.share_of(false, start) == 0);
    for (const int value : {1, 1, 1, 0}) stat.record(value, start);
    CHECK(stat.share_of(true, start) == 0.75);
    CHECK(stat.share_of(false, start) == 0.25);
    CHECK(stat.share_of(false, start + seconds(20)) == 0);
}

TEST_CASE("A maximum may be negative", "[metrics]") {
    SampledStat stat({.window = seconds(10), .samples = 2});
    const SampledStat::Clock::time_point start{};
    stat.record(-3, start);
    stat.record(-5, start);
    CHECK(stat.max(start) == -3);
}

}
