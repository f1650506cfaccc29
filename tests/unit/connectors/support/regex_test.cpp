#include "connectors/support/regex.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

namespace millrace {

TEST_CASE("a pattern matches the whole text or is found in it", "[regex]") {
    const auto [pattern, text, whole, within] = GENERATE(table<std::string, std::string, bool, bool>({
        {"a.c", "abc", true, true},
        {"a.c", "xabcx", false, true},
        {"a|ab", "ab", true, true},
        {"(?:a|ab)(?:c|bcd)", "abcd", true, true},
        {"^a$", "a", true, true},
        {"public\\.(orders|items)", "public.items", true, true},
        {"public\\.(orders|items)", "publicXitems", false, false},
        {"(?!pg_).*", "pg_class", false, true},
        {"(\\w)\\1", "aa", true, true},
        {"(\\w)\\1", "ab", false, false},
        {"x++y", "xxy", true, true},
        {"(?<n>a)\\k<n>", "aa", true, true},
        {"", "", true, true},
        {"", "a", false, true},
        {".", "\n", false, false},
        {".", "\u20ac", true, true},
        {"\\w", "\u00e4", false, false},
        {"a", "A", false, false},
        {"(?i)a", "A", true, true},
    }));
    CAPTURE(pattern, text);
    const Regex regex(pattern);
    CHECK(regex.matches(text) == whole);
    CHECK(regex.found_in(text) == within);
}

TEST_CASE("a pattern can ignore case", "[regex]") {
    CHECK(Regex("Public\\.orders", {.case_insensitive = true}).matches("PUBLIC.ORDERS"));
    CHECK_FALSE(Regex("Public\\.orders").matches("PUBLIC.ORDERS"));
}

TEST_CASE("matches are replaced", "[regex]") {
    const auto [pattern, text, replacement, first, all] =
        GENERATE(table<std::string, std::string, std::string, std::string, std::string>({
            {"a", "banana", "o", "bonana", "bonono"},
            {"(.*)-(.*)", "left-right", "$2.$1", "right.left", "right.left"},
            {"(?<x>a)(n)", "banana", "${x}$2$2", "bannana", "bannanna"},
            {"a", "banana", "\\$1", "b$1nana", "b$1n$1n$1"},
            {"a", "banana", "\\\\", "b\\nana", "b\\n\\n\\"},
            {"(a)", "banana", "$12", "ba2nana", "ba2na2na2"},
            {"(a)|(n)", "an", "<$2>", "<>n", "<><n>"},
            {"x", "banana", "y", "banana", "banana"},
            {"", "ab", "-", "-ab", "-a-b-"},
            {"b*", "\u20acb", "-", "-\u20acb", "-\u20ac--"},
            {"a", "banana", "", "bnana", "bnn"},
            {"", "", "x", "x", "x"},
        }));
    CAPTURE(pattern, text, replacement);
    CHECK(Regex(pattern).replace_first(text, replacement) == first);
    CHECK(Regex(pattern).replace_all(text, replacement) == all);
}

TEST_CASE("groups are read", "[regex]") {
    CHECK(Regex("(\\w+)\\.(\\w+)(:x)?").groups_of("public.orders") ==
          std::vector<std::string>{"public.orders", "public", "orders", ""});
    CHECK(Regex("a").groups_of("b") == std::nullopt);
}

TEST_CASE("bad patterns and replacements are refused", "[regex]") {
    CHECK_THROWS_WITH(Regex("a["), Catch::StartsWith("Invalid regex: missing terminating ] for character class near"));
    CHECK_THROWS_AS(Regex("(a"), ConfigException);
    CHECK_THROWS_WITH(Regex("a").replace_first("a", "$1"), "The regex a has no group 1");
    CHECK_THROWS_WITH(Regex("a").replace_first("a", "${n}"), "The regex a has no group named n");
    CHECK_THROWS_AS(Regex("a").replace_first("a", GENERATE("$", "$x", "${n")), ConfigException);
}

TEST_CASE("a pattern that explodes is stopped", "[regex]") {
    CHECK_THROWS_AS(Regex("(a+)+(?=b)c|((a*)*)*d").matches(std::string(5000, 'a')), DataException);
}

}
