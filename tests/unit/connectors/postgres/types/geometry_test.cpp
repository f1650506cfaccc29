#include "connectors/postgres/types/geometry.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

TEST_CASE("lists of points say whether they close", "[postgres][types]") {
    Arena arena;
    const auto open = parse_points("[(0,0),(1,1.5),(2,0)]", arena);
    CHECK_FALSE(open.closed);
    CHECK(open.points.size() == 3);
    CHECK(open.points[1] == Point2{1, 1.5});
    const auto closed = parse_points("((0,0),(1,1))", arena);
    CHECK(closed.closed);
    CHECK(closed.points.size() == 2);
    CHECK(parse_points("(2,2),(0,0)", arena).points.size() == 2);
}

TEST_CASE("a ring closes with its first point", "[postgres][types]") {
    Arena arena;
    CHECK(closed_ring(parse_points("((0,0),(1,1),(2,0))", arena).points, arena).size() == 4);
    CHECK(closed_ring(parse_points("((0,0),(1,1),(0,0))", arena).points, arena).size() == 3);
    CHECK(closed_ring(parse_points("((0,0))", arena).points, arena).size() == 1);
}

TEST_CASE("EWKB of either byte order carries its SRID", "[postgres][types]") {
    Arena arena;
    CHECK(parse_ewkb("0101000020E6100000000000000000F03F0000000000000040", arena).srid == 4326);
    CHECK(parse_ewkb("0020000001000010E63FF00000000000004000000000000000", arena).srid == 4326);
    CHECK_FALSE(parse_ewkb("0101000000000000000000F03F0000000000000040", arena).srid.has_value());
}

TEST_CASE("what is no shape is refused", "[postgres][types]") {
    Arena arena;
    const auto* text = GENERATE("", "(", "()", "(1)", "(1,2", "(1,2)x", "(1,2,3)", "(a,b)", "[(1,2)", "((1,2)", "[]",
                                "(())", "(1,2),(3,4)]", "<(1,2)>", "{1,2}", "[1,]", "{1:2}", "{1:2}/", "{:}/1", "/1");
    CAPTURE(text);
    CHECK_THROWS_AS(parse_point(text), DataException);
    CHECK_THROWS_AS(parse_points(text, arena), DataException);
    CHECK_THROWS_AS(parse_line(text), DataException);
    CHECK_THROWS_AS(parse_circle(text), DataException);
    CHECK_THROWS_AS(parse_ewkb(text, arena), DataException);
    CHECK_THROWS_AS(parse_vector(text, arena), DataException);
    CHECK_THROWS_AS(parse_sparse_vector(text, arena), DataException);
}
