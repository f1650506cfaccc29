#include "connectors/postgres/source/snapshot_progress.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

namespace {

std::vector<std::string> conditions(const TablePlan& plan) {
    std::vector<std::string> all;
    for (const auto& piece : plan.pieces) all.push_back(piece.condition);
    return all;
}

constexpr std::int64_t file = 7;
const SnapshotProgress::Part half{.file = file, .since = 5'000'000'005, .pages = 20};

}

TEST_CASE("the progress of a snapshot passes through its offset", "[postgres]") {
    const SnapshotProgress progress{.settings = "f00", .done = {16'385, 4'294'967'295}, .parts = {{16'400, half}}};
    const auto text = to_offset(progress);
    CHECK(*text == R"({"settings":"f00","done":[16385,4294967295],)"
                   R"("parts":[{"table":16400,"file":7,"since":5000000005,"pages":20}]})");
    CHECK(parse_snapshot_progress(*text) == progress);
}

TEST_CASE("a progress that is not understood is none", "[postgres]") {
    const auto* text = GENERATE(
        "", "{}", "[]", "{\"settings\":1,\"done\":[],\"parts\":[]}", "{\"settings\":\"\",\"done\":[-1],\"parts\":[]}",
        "{\"settings\":\"\",\"done\":[],\"parts\":[{\"table\":1,\"file\":1,\"since\":1.5,\"pages\":1}]}");
    CAPTURE(text);
    CHECK_FALSE(parse_snapshot_progress(text));
}

TEST_CASE("a small table, or one without pages of its own, is read as a whole", "[postgres]") {
    CHECK(conditions(plan_pieces({}, 10, {}, 1)) == std::vector<std::string>{""});
    CHECK(conditions(plan_pieces({.has_pages = true, .pages = 10, .file = file}, 10, {}, 1)) ==
          std::vector<std::string>{""});
    CHECK(conditions(plan_pieces({.has_pages = true, .pages = 11, .file = file}, 0, {}, 1)) ==
          std::vector<std::string>{""});
}

TEST_CASE("a large table is read in ranges of its pages, the last of them open", "[postgres]") {
    const auto plan = plan_pieces({.has_pages = true, .pages = 25, .file = file}, 10, {}, 1);
    CHECK_FALSE(plan.goes_on);
    CHECK(conditions(plan) == std::vector<std::string>{"ctid >= '(0,0)'::tid AND ctid < '(10,0)'::tid",
                                                       "ctid >= '(10,0)'::tid AND ctid < '(20,0)'::tid",
                                                       "ctid >= '(20,0)'::tid"});
    CHECK(plan.pieces[0].pages == 10);
    CHECK(plan.pieces[1].pages == 20);
    CHECK_FALSE(plan.pieces[2].pages);
}

TEST_CASE("of a table that was read in part come the other pages, then what was written since", "[postgres]") {
    const auto plan = plan_pieces({.has_pages = true, .pages = 35, .file = file}, 10, half, 5'000'000'100);
    CHECK(plan.goes_on);
    CHECK(conditions(plan) == std::vector<std::string>{"ctid >= '(20,0)'::tid AND ctid < '(30,0)'::tid",
                                                       "ctid >= '(30,0)'::tid",
                                                       "ctid < '(20,0)'::tid AND age(xmin) <= age('705032709'::xid)"});
    CHECK(plan.pieces[1].pages == 35);
    const auto shorter = plan_pieces({.has_pages = true, .pages = 3, .file = file}, 10, half, 5'000'000'100);
    CHECK(conditions(shorter).size() == 2);
    CHECK(shorter.pieces[0].pages == 20);
}

TEST_CASE("a table that was rewritten, or was read too many transactions ago, is read from its beginning",
          "[postgres]") {
    const auto rewritten = plan_pieces({.has_pages = true, .pages = 25, .file = file + 1}, 10, half, 5'000'000'100);
    CHECK_FALSE(rewritten.goes_on);
    CHECK(rewritten.pieces.front().condition.starts_with("ctid >= '(0,0)'"));
    CHECK_FALSE(plan_pieces({.has_pages = true, .pages = 25, .file = file}, 10, half, 7'000'000'000).goes_on);
}
