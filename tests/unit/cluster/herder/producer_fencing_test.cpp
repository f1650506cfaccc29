#include "cluster/herder/producer_fencing.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::cluster;

TEST_CASE("a round of fencing does what the config topic asks for", "[herder][fencing]") {
    struct Case {
        bool pending;
        std::optional<int> recorded;
        int tasks;
        std::optional<int> count;
        std::vector<std::string> ids;
    };
    const auto example = GENERATE(values<Case>({
        {false, 3, 2, std::nullopt, {}},                // done before
        {true, std::nullopt, 2, 2, {}},                 // nobody wrote yet
        {true, 1, 1, 1, {}},                            // the one new producer fences the one old
        {true, 2, 1, 1, {"g-my-con-0", "g-my-con-1"}},  // all of the old ones
        {true, 1, 3, 3, {"g-my-con-0"}},
    }));
    ClusterConfigState state;
    state.connector_configs["my-con"];
    state.task_counts["my-con"] = example.tasks;
    if (example.pending) state.pending_fencing.insert("my-con");
    if (example.recorded) state.task_count_records["my-con"] = *example.recorded;
    const auto plan = plan_fencing(state, "g", "my-con");
    CHECK(plan.task_count == example.count);
    CHECK(plan.transactional_ids == example.ids);
}
