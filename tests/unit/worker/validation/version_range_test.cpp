#include "worker/validation/version_range.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::worker;

TEST_CASE("a range accepts the versions that Maven would", "[validation]") {
    const auto [specification, version, accepted] = GENERATE(table<std::string, std::string, bool>({
        {"4.3.1", "4.3.1", true},
        {"4.3.1", "4.3.2", false},
        {"[4.0,5.0)", "4.10.0", true},
        {"[4.0,5.0)", "5.0", false},
        {"[4.0,5.0)", "5.0-SNAPSHOT", true},
        {"(,3.7.0]", "3.7.0.Final", true},
        {"(3.7.0.Final,)", "3.7.0.Final", false},
        {"[1.0],[3.0,4.0]", "3.5", true},
        {"[1.0],[3.0,4.0]", "2.0", false},
        {"(,)", "2.0", true},
        {"", "2.0", false},
    }));
    CAPTURE(specification, version);
    CHECK(VersionRange::parse(specification)->contains(version) == accepted);
}

TEST_CASE("a range says itself with both bounds", "[validation]") {
    CHECK(VersionRange::parse("9.9.9")->text() == "[9.9.9,9.9.9]");
    CHECK(VersionRange::parse("[1,2)")->text() == "[1,2)");
    CHECK_FALSE(VersionRange::parse("latest"));
    CHECK(VersionRange::parse("")->text() == "[,]");
    CHECK(VersionRange::parse("1,2")->text() == "[1,2]");
    CHECK(VersionRange::parse("(4.3.1,)")->text() == "(4.3.1,)");
}

TEST_CASE("what is no range is refused with its text", "[validation]") {
    const auto [text, why] = GENERATE(table<std::string, std::string>({
        {"[", "Unbounded range"},
        {"[1", "Unbounded range"},
        {"(1)", "Single version must be surrounded by []"},
        {"[2,1]", "Range defies version ordering"},
        {"[1],2", "Only fully-qualified sets allowed in multiple set scenario"},
    }));
    CHECK_THROWS_WITH(VersionRange::parse(text), why + ": " + text);
}

TEST_CASE("versions order by numbers and qualifiers", "[validation]") {
    CHECK(compare_versions("4.9.0", "4.10.0") < 0);
    CHECK(compare_versions("4.3", "4.3.0") == 0);
    CHECK(compare_versions("4.3.0-rc1", "4.3.0") < 0);
    CHECK(compare_versions("4.3.0-alpha", "4.3.0-beta") < 0);
    CHECK(compare_versions("3.7.0.Final", "3.7.0") == 0);
    CHECK(compare_versions("3.7.1", "3.7.0.Final") > 0);
}
