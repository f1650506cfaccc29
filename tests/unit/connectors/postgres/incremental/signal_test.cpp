#include "connectors/postgres/incremental/signal.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {
std::string made_up() { return "made-up"; }
}

TEST_CASE("a signal of a file or a topic is JSON", "[postgres]") {
    const auto signal = parse_signal(R"({"id":"s1","type":"log","data":{"message":"m","n":1}})", made_up);
    CHECK(signal.id == "s1");
    CHECK(signal.type == "log");
    CHECK(signal.data == R"({"message":"m","n":1})");
    CHECK(parse_signal(R"({"type":"log","data":"{\"message\":1}"})", made_up).data == R"({"message":1})");
    CHECK(parse_signal(R"({"type":"log"})", made_up).id == "made-up");
    CHECK_THROWS_AS(parse_signal("log", made_up), DataException);
    CHECK_THROWS_AS(parse_signal(R"({"id":"s1"})", made_up), DataException);
}

TEST_CASE("what a snapshot's signal asks for", "[postgres]") {
    const auto request =
        parse_snapshot_request(R"({"data-collections":["public.a","s.*"],"type":"BLOCKING","surrogate-key":"k",)"
                               R"("additional-conditions":[{"data-collection":"public.a","filter":"id > 2"}]})");
    CHECK(request.tables == std::vector<std::string>{"public.a", "s.*"});
    CHECK(request.type == SnapshotType::Blocking);
    CHECK(request.surrogate_key == "k");
    CHECK(request.filter_of("public.a") == "id > 2");
    CHECK(request.filter_of("s.b").empty());
    const auto odd = parse_snapshot_request(
        R"({"type":"blocking","additional-conditions":[{"data-collection":"s.a$b(","filter":"x"},{"data-collection":"s\\.t","filter":"y"}]})");
    CHECK(odd.filter_of("s.a$b(") == "x");
    CHECK(parse_snapshot_request(R"({"additional-conditions":[{"data-collection":"s\\.t","filter":"y"}]})")
              .filter_of("s.t") == "y");
    CHECK(parse_snapshot_request(R"({"data-collections":[]})").type == SnapshotType::Incremental);
    CHECK(parse_snapshot_request("").tables.empty());
    CHECK_THROWS_AS(parse_snapshot_request("not json"), DataException);
    CHECK_THROWS_AS(parse_snapshot_request(R"({"type":"other"})"), DataException);
}

TEST_CASE("expressions stand for tables that are known, or for themselves", "[postgres]") {
    const std::vector<std::string> known = {"public.a", "public.b", "s.c"};
    using Names = std::vector<std::string>;
    CHECK(resolve_tables({"s\\..*", "public.*"}, known) == Names{"s.c", "public.a", "public.b"});
    CHECK(resolve_tables({"public.a", "public.a", "other.t"}, known) == Names{"public.a", "other.t"});
    CHECK(resolve_tables({"PUBLIC.a"}, known) == Names{"PUBLIC.a"});
    CHECK(resolve_tables({R"("public"."Up Per")", R"("s"."a""b.c")"}, known) == Names{"public.Up Per", R"(s.a"b.c)"});
}

TEST_CASE("the state of incremental snapshots survives in the offset", "[postgres]") {
    using Kind = KeyValue::Kind;
    IncrementalSnapshotState state;
    state.tables = {{.id = "public.big", .correlation_id = "ad-hoc-1"},
                    {.id = "public.b", .condition = "x > 1", .surrogate_key = "k", .correlation_id = "ad-hoc-1"}};
    state.maximum = RowKey{{Kind::Integer, "9"}};
    state.last_sent = RowKey{{Kind::Integer, "2"}};
    state.total_rows = 9;
    const auto offset = to_offset(state);
    REQUIRE(offset);
    CHECK(offset->collections == R"([{"incremental_snapshot_collections_id":"public.big",)"
                                 R"("incremental_snapshot_collections_additional_condition":null,)"
                                 R"("incremental_snapshot_collections_surrogate_key":null,)"
                                 R"("incremental_snapshot_collections_correlation_id":"ad-hoc-1"},)"
                                 R"({"incremental_snapshot_collections_id":"public.b",)"
                                 R"("incremental_snapshot_collections_additional_condition":"x > 1",)"
                                 R"("incremental_snapshot_collections_surrogate_key":"k",)"
                                 R"("incremental_snapshot_collections_correlation_id":"ad-hoc-1"}])");
    CHECK(offset->correlation_id == "ad-hoc-1");
    const auto read = from_offset(*offset);
    REQUIRE(read.tables.size() == 2);
    CHECK(read.tables[1].condition == "x > 1");
    CHECK(read.tables[1].surrogate_key == "k");
    CHECK(read.maximum == state.maximum);
    CHECK(read.last_sent == state.last_sent);
    CHECK(read.total_rows == 9);

    state.next_table();
    CHECK_FALSE(state.maximum);
    state.next_table();
    CHECK_FALSE(to_offset(state));
    CHECK_FALSE(from_offset({.collections = "[broken"}).running());
}
