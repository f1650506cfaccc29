#include "cluster/assignment/eager_assignor.hpp"

#include "tests/pch.hpp"

using namespace millrace::cluster;

TEST_CASE("the eager assignor deals connectors, then tasks, round by round", "[assignment]") {
    const Work configured{{"b", "a"}, {{"b", 0}, {"a", 1}, {"a", 0}, {"a", 10}, {"a", 2}}};
    const auto plan = assign_eagerly(configured, {"w2", "w1"});
    CHECK(plan.at("w1") == Work{{"a"}, {{"a", 0}, {"a", 2}, {"b", 0}}});
    CHECK(plan.at("w2") == Work{{"b"}, {{"a", 1}, {"a", 10}}});
}

TEST_CASE("every member gets an assignment, if an empty one", "[assignment]") {
    const auto plan = assign_eagerly({{"a"}, {}}, {"w1", "w2", "w3"});
    CHECK(plan.size() == 3);
    CHECK(plan.at("w3").empty());
    CHECK(assign_eagerly({{"a"}, {}}, {}).empty());
}
