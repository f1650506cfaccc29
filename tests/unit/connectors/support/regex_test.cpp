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

TEST_CASE("characters beyond ASCII are no digits, no spaces and no letters of words", "[regex]") {
    const auto [pattern, text, whole] = GENERATE(table<std::string, std::string, bool>({
        {"public\\.\\S+", "public.stra\u00dfe", true},
        {"\\D+", "\u00e9\u4e16", true},
        {"\\W", "\u4e16", true},
        {"\\H\\V", "\u00e9\u00e9", true},
        {"\\S+_\\D", "\u00e9_\u00e9", true},
        {"[^\\s]+", "\u00e9", true},
        {"[^\\D]", "\u00e9", false},
        {"[^a]", "\u00e9", true},
        {"[^a-c][^x]", "\u00e9\u4e16", true},
        {"(?i)\u00c9.[\u00e0-\u00ff]", "\u00c9\u4e16\u00e9", true},
        {"[a-z]", "\u00e9", false},
    }));
    CAPTURE(pattern, text);
    CHECK(Regex(pattern).matches(text) == whole);
    CHECK(Regex(pattern).found_in(text) == whole);
    CHECK(Regex("\\S+").replace_first("\u00e9 a", "x") == "x a");
    CHECK(Regex("\\S").matches("\xff") == false);  // no UTF-8
}

TEST_CASE("groups are read", "[regex]") {
    CHECK(Regex("(\\w+)\\.(\\w+)(:x)?").groups_of("public.orders") ==
          std::vector<std::string>{"public.orders", "public", "orders", ""});
    CHECK(Regex("a").groups_of("b") == std::nullopt);
}

TEST_CASE("what Java writes otherwise than PCRE2 means the same", "[regex]") {
    const auto [pattern, text, whole] = GENERATE(table<std::string, std::string, bool>({
        {"\\u0061\\0101", "aA", true},
        {"[a-z&&[^s]]+", "abc", true},
        {"[a-z&&[^s]]+", "abs", false},
        {"[a-z&&[def]&&[^e]]", "d", true},
        {"[a-z&&[def]&&[^e]]", "e", false},
        {"[^a-z&&[s]]", "s", false},
        {"[^a-z&&[s]]", "t", true},
        {"[ab[cd]]+", "abcd", true},
        {"[^ab[cd]]", "c", false},
        {"[[:alpha:]]+", "alpha:", true},
        {"[[:alpha:]]+", "xyz", false},
        {"\\p{Alpha}+", "aZ", true},
        {"\\p{Alpha}+", "\u00e4", false},
        {"[\\p{Upper}\\P{Digit}]+", "aB", true},
        {"\\p{IsLatin}\\p{IsAlphabetic}", "\u00e4b", true},
        {"\\p{javaLowerCase}\\p{Lu}\\pL", "aBc", true},
        {"(?U)\\w", "\u00e4", true},
        {"(?ui)A", "a", true},
        {"(?u)a", "a", true},
        {"a{2}b{1,}c{0,2}", "aabc", true},
        {"\\Q[a&&{\\E\\{", "[a&&{{", true},
        {"[]a]+", "]a", true},
        {"[{}]", "{", true},
        {"a\\{1", "a{1", true},
        {"\\x{61}", "a", true},
        {"(a)\\12", "aa2", true},
        {"(a)(b)\\12*\\21", "abab1", true},
        {"(?<x>a)(?=.)(?<=a)(?:b)\\12", "aba2", true},
        {"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)\\12", "abcdefghijkll", true},
        {"a(?u){0,1}b", "b", false},
        {"(?:^*a$+)\\b?", "a", true},
        {"\\b{2}a\\B*", "a", true},
        {"\\p{InGreek}\\P{InGreek}", "\u03b1a", true},
        {"[\\p{InBasic Latin}\\p{block=CYRILLIC}]+", "a\u0431", true},
        {"[^\\P{InLatin-1 Supplement}]", "\u00e4", true},
        {"[\\P{InLatin_1_Supplement}]", "\u00e4", false},
        {"a.*(?<=b{1,3}c?)d", "axbbcd", true},
        {"a.*(?<=b{1,3}c?)d", "axcd", false},
        {"\\w+(?<!(?:ab|c)[xy]?)d", "abyd", false},
        {"\\w+(?<!(?:ab|c)[xy]?)d", "abzd", true},
        {".*(?<=\\p{Lu}{0,2}[)\\]]\\.)(a)\\1", "A).aa", true},
        {".*(?<=^|x(?<=[a-z]{1,2}))y", "xy", true},
    }));
    CAPTURE(pattern, text);
    CHECK(Regex(pattern).matches(text) == whole);
}

TEST_CASE("bad patterns and replacements are refused", "[regex]") {
    CHECK_THROWS_WITH(Regex("a["), Catch::StartsWith("Invalid regex: missing terminating ] for character class near"));
    CHECK_THROWS_AS(Regex("(a"), ConfigException);
    CHECK(regex_complaint("a{,3}") == "Invalid regex: Illegal repetition near index 2\na{,3}\n  ^");
    CHECK(regex_complaint("a{") == "Invalid regex: Illegal repetition near index 2\na{\n  ^");
    CHECK_THROWS_WITH(Regex(std::string(1'000'000, '[')), Catch::Contains("Too many classes within classes"));
    CHECK_THAT(regex_complaint("(?<=a+)b"), Catch::Contains("lookbehind assertion is not fixed length"));
    CHECK_THAT(regex_complaint("(?<=[a-z]{0,999}[a-z]{0,999})b"), Catch::Contains("lookbehind"));
    CHECK_THAT(regex_complaint("\\p{InNowhere}"), Catch::Contains("unknown property"));
    CHECK_THROWS_AS(Regex("(?<=a"), ConfigException);
    CHECK(regex_complaint("*") == "Invalid regex: Dangling meta character '*' near index 0\n*\n^");
    CHECK_THROWS_AS(Regex("(?P<n>a)"), ConfigException);
    const auto [replacement, message] = GENERATE(table<std::string, std::string>({
        {"$1", "No group 1"},
        {"${n}", "No group with name {n}"},
        {"$", "Illegal group reference: group index is missing"},
        {"$x", "Illegal group reference"},
        {"${n", "named capturing group is missing trailing '}'"},
        {"${n-m}", "named capturing group is missing trailing '}'"},
        {"${", "named capturing group has 0 length name"},
        {"${}", "named capturing group has 0 length name"},
        {"\\", "character to be escaped is missing"},
    }));
    CHECK_THROWS_WITH(Regex("a").replace_first("a", replacement), message);
}

TEST_CASE("a pattern that explodes is stopped", "[regex]") {
    CHECK_THROWS_AS(Regex("(a+)+(?=b)c|((a*)*)*d").matches(std::string(5000, 'a')), DataException);
}

}
