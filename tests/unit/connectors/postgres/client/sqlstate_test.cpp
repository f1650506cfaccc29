#include "connectors/postgres/client/sqlstate.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

TEST_CASE("what passes by itself is tried again, what needs the user is not", "[postgres]") {
    for (const auto* passes : {"", "08006", "57P01", "57P03", "53300", "53100", "55006", "40001", "57014", "XX000"}) {
        INFO(passes);
        CHECK(reaction_to(passes) == Reaction::Retry);
    }
    for (const auto* stays : {"28P01", "28000", "3D000", "42501", "42P01", "53400", "55000", "58P01", "22023"}) {
        INFO(stays);
        CHECK(reaction_to(stays) == Reaction::Permanent);
    }
}
