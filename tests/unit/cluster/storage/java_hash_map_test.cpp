#include "cluster/storage/java_hash_map.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::cluster;

namespace {

/// Written by a JDK: new HashMap<byte[], byte[]>() with the two entries below.
const std::string by_java = *from_hex(
    "aced0005737200116a6176612e7574696c2e486173684d61700507dac1c31660d103000246000a6c6f6164466163746f724900097468"
    "726573686f6c6478703f4000000000000c7708000000100000000275720002"
    "5b42acf317f8060854e002000078700000000161"
    "7571007e00020000000162"
    "7571007e00020000000163"
    "70"
    "78");

}

TEST_CASE("what Java has written is read", "[standalone]") {
    CHECK(parse_java_hash_map(by_java) == JavaEntries{{"a", "b"}, {"c", std::nullopt}});
}

TEST_CASE("what is written are Java's bytes", "[standalone]") {
    CHECK(to_hex(write_java_hash_map({{"a", "b"}, {"c", std::nullopt}})) == to_hex(by_java));
}

TEST_CASE("any entries come back", "[standalone]") {
    JavaEntries entries{{std::nullopt, "null key"}, {"", ""}};
    for (std::size_t i = 0; i < 1000; ++i)
        entries.emplace_back("key " + std::to_string(i), std::string(i % 300, '\xff'));
    CHECK(parse_java_hash_map(write_java_hash_map(entries)) == entries);
    CHECK(parse_java_hash_map(write_java_hash_map({})).empty());
}

TEST_CASE("whatever else is refused", "[standalone]") {
    SECTION("each shorter text") {
        for (std::size_t size = 0; size < by_java.size(); ++size) {
            CHECK_THROWS_AS(parse_java_hash_map(std::string_view(by_java).substr(0, size)), DataException);
        }
    }
    SECTION("more behind it") { CHECK_THROWS_AS(parse_java_hash_map(by_java + "x"), DataException); }
    SECTION("another class") {
        auto other = by_java;
        other.replace(other.find("HashMap"), 7, "TreeMap");
        CHECK_THROWS_WITH(parse_java_hash_map(other), Catch::Contains("is not java.util.HashMap"));
    }
    SECTION("more entries than there can be") {
        auto many = by_java;
        many.replace(many.find(std::string("\0\0\0\x02ur", 6)), 4, "\xff\xff\xff\xff");
        CHECK_THROWS_WITH(parse_java_hash_map(many), Catch::Contains("more than there are bytes for"));
    }
}
