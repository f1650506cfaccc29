#include "connectors/postgres/client/lsn.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

TEST_CASE("an LSN is written and read as PostgreSQL prints it", "[postgres]") {
    CHECK(to_string(Lsn{0x16B374D848}) == "16/B374D848");
    CHECK(to_string(no_lsn) == "0/0");
    CHECK(parse_lsn("16/B374D848") == Lsn{0x16B374D848});
    CHECK(parse_lsn("FFFFFFFF/FFFFFFFF") == Lsn{UINT64_MAX});
    for (const auto* text : {"", "16", "16/", "/1", "16/XYZ", "1/2/3", "100000000/0", "-1/0"}) {
        INFO(text);
        CHECK_FALSE(parse_lsn(text));
    }
}

TEST_CASE("an LSN beyond the signed range survives an offset", "[postgres]") {
    CHECK(lsn_from_signed(as_signed(Lsn{UINT64_MAX - 5})) == Lsn{UINT64_MAX - 5});
}
