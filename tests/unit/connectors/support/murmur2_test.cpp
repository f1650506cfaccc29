#include "connectors/support/murmur2.hpp"

#include "tests/pch.hpp"

namespace millrace {

TEST_CASE("keys hash and partition as with the Java client", "[murmur2]") {
    const auto [key, hash, of_25, of_5] = GENERATE(table<std::string, std::int32_t, std::int32_t, std::int32_t>({
        {"21", -973932308, 15, 0},
        {"foobar", -790332482, 16, 1},
        {"abc", 479470107, 7, 2},
        {"a-little-bit-long-string", -985981536, 12, 2},
        {R"(["inventory",{"server":"dbserver1"}])", 1282525153, 3, 3},
        {"status-connector-inventory", 1780724345, 20, 0},
        {"status-task-inventory-0", -1924152353, 20, 0},
        {"status-topic-dbserver1.public.t:connector-inventory", 208496039, 14, 4},
    }));
    CHECK(murmur2(key) == hash);
    CHECK(partition_for_key(key, 25) == of_25);
    CHECK(partition_for_key(key, 5) == of_5);
    CHECK(partition_for_key(key, 1) == 0);
}

}
