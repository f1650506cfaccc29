#include "connectors/postgres/incremental/chunk_query.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;
using Kind = KeyValue::Kind;

namespace {

ChunkTable table(std::vector<KeyColumn> key, std::string condition = "") {
    return {.quoted_name = R"("s"."t")", .columns = "*", .key = std::move(key), .condition = std::move(condition)};
}

}

TEST_CASE("chunks of a key of one column", "[postgres]") {
    const auto t = table({{"id"}});
    CHECK(maximum_key_query(t).sql == R"(SELECT "id" FROM "s"."t" ORDER BY "id" DESC LIMIT 1)");
    const auto first = chunk_query(t, {}, {{Kind::Integer, "9"}}, 2);
    CHECK(first.sql == R"(SELECT * FROM "s"."t" WHERE NOT ("id" > $1) ORDER BY "id" LIMIT 2)");
    const auto next = chunk_query(t, RowKey{{Kind::Integer, "4"}}, {{Kind::Integer, "9"}}, 2);
    CHECK(next.sql == R"(SELECT * FROM "s"."t" WHERE "id" > $1 AND NOT ("id" > $2) ORDER BY "id" LIMIT 2)");
    CHECK(next.parameters == std::vector<std::string>{"4", "9"});
}

TEST_CASE("chunks of a key of several columns, with a condition", "[postgres]") {
    const auto t = table({{"a"}, {"B\"c"}}, "x = 1 OR y = 2");
    const auto next = chunk_query(t, RowKey{{Kind::Integer, "1"}, {Kind::String, "k"}},
                                  {{Kind::Integer, "9"}, {Kind::String, "z"}}, 10);
    CHECK(next.sql == R"(SELECT * FROM "s"."t" WHERE ROW("a", "B""c") > ROW($1, $2) AND )"
                      R"(NOT (ROW("a", "B""c") > ROW($3, $4)) AND (x = 1 OR y = 2) ORDER BY "a", "B""c" LIMIT 10)");
    CHECK(count_query(t, {{Kind::Integer, "9"}, {Kind::String, "z"}}).sql ==
          R"(SELECT COUNT(1) FROM "s"."t" WHERE NOT (ROW("a", "B""c") > ROW($1, $2)) AND (x = 1 OR y = 2))");
}

TEST_CASE("columns of a key that may be null", "[postgres]") {
    const auto t = table({{"a"}, {"b", true}});
    const auto next = chunk_query(t, RowKey{{Kind::Integer, "1"}, {}}, {{Kind::Integer, "9"}, {Kind::Integer, "5"}}, 3);
    CHECK(next.sql == R"(SELECT * FROM "s"."t" WHERE (("a" > $1)) AND NOT ((("a" > $2) OR )"
                      R"(("a" IS NOT NULL AND "a" = $2 AND ("b" > $3 OR "b" IS NULL)))) ORDER BY "a", "b" LIMIT 3)");
    CHECK(next.parameters == std::vector<std::string>{"1", "9", "5"});
    const auto last = chunk_query(table({{"b", true}}), RowKey{{}}, {{}}, 3);
    CHECK(last.sql == R"(SELECT * FROM "s"."t" WHERE FALSE AND NOT (FALSE) ORDER BY "b" LIMIT 3)");
}
