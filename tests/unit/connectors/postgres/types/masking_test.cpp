#include "connectors/postgres/types/masking.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;
using Kind = ColumnMapping::Kind;

TEST_CASE("hashes are cut to the column's length", "[postgres][types]") {
    Arena arena;
    const ColumnMapping v2{.kind = Kind::HashV2, .algorithm = "SHA-256", .salt = "s"};
    const auto full = hash_text("text", v2, 0, arena);
    CHECK(full.size() == 64);
    CHECK(hash_text("text", v2, 10, arena) == full.substr(0, 10));
}

TEST_CASE("the first kind of hash feeds the text as Java serialises it, the second its bytes", "[postgres][types]") {
    Arena arena;
    ColumnMapping mapping{.kind = Kind::Hash, .algorithm = "SHA-256", .salt = "CzQMA0cB5K"};
    CHECK(hash_text("secret", mapping, 0, arena) == "122e56d6f15256f7a553c665138b101b52d5201a2cd0fd8f61b54c0c28a14efa");
    mapping.kind = Kind::HashV2;
    mapping.algorithm = "MD5";
    mapping.salt = "";
    CHECK(hash_text("abc", mapping, 0, arena) == "900150983cd24fb0d6963f7d28e17f72");
}

TEST_CASE("truncation counts UTF-16 units", "[postgres][types]") {
    const auto [text, units, cut] = GENERATE(table<const char*, int, const char*>({{"abc", 5, "abc"},
                                                                                   {"abc", 3, "abc"},
                                                                                   {"abcd", 3, "abc"},
                                                                                   {"äöü", 2, "äö"},
                                                                                   {"😀x", 2, "😀"},
                                                                                   {"😀x", 1, "?"},
                                                                                   {"abc", 0, ""},
                                                                                   {"", 0, ""}}));
    CAPTURE(text, units);
    Arena arena;
    CHECK(truncate_text(text, units, arena) == cut);
}
