#include "cluster/assignment/java_order.hpp"

#include "tests/pch.hpp"

using namespace millrace::cluster;

TEST_CASE("strings sort as in Java", "[assignment]") {
    CHECK(java_less("a", "b"));
    CHECK(java_less("a", "ab"));
    CHECK(java_less("\xF0\x9F\x98\x80", "\xEF\xBC\xA1"));  // U+1F600 sorts before U+FF21, unlike in UTF-8
}

TEST_CASE("a map of few keys is walked by hash bucket, then by age", "[assignment]") {
    CHECK(hash_map_order({"w3", "w1", "w2"}) == std::vector<std::string>{"w1", "w2", "w3"});
    CHECK(hash_map_order({"Aa", "BB"}) == std::vector<std::string>{"Aa", "BB"});
    CHECK(hash_map_order({"BB", "Aa"}) == std::vector<std::string>{"BB", "Aa"});
}
