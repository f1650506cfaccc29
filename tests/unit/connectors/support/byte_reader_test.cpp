#include "connectors/support/byte_reader.hpp"

#include "tests/pch.hpp"

namespace millrace {

TEST_CASE("integers are read big-endian", "[byte_reader]") {
    const std::string bytes(
        "\x01\xff\xfe\x00\x00\x01\x02\xff\xff\xff\xff\xff\xff\xff\xfe"
        "abc\0rest",
        23);
    ByteReader in(bytes);
    CHECK(in.u8("a") == 1);
    CHECK(in.i16("b") == -2);
    CHECK(in.u32("c") == 258);
    CHECK(in.i64("d") == -2);
    CHECK(in.c_string("e") == "abc");
    CHECK(in.offset() == 19);
    CHECK(in.remaining() == 4);
    CHECK(in.bytes(4, "f") == "rest");
    CHECK(in.at_end());
    CHECK_NOTHROW(in.expect_end());
    CHECK(in.bytes(0, "nothing").empty());
}

TEST_CASE("a read past the end says what was read and where", "[byte_reader]") {
    ByteReader in("\x01\x02\x03", "tuple");
    in.u8("kind");
    CHECK_THROWS_WITH(in.u32("length"), "tuple: length needs 4 bytes, 2 are left (offset 1)");
    CHECK_THROWS_WITH(in.c_string("name"), "tuple: name has no terminating zero (offset 1)");
    CHECK_THROWS_WITH(in.bytes(SIZE_MAX, "text"),
                      "tuple: text needs 18446744073709551615 bytes, 2 are left (offset 1)");
    CHECK_THROWS_WITH(in.expect_end(), "tuple: end expected, but 2 bytes follow (offset 1)");
    CHECK_THROWS_AS(in.fail("kind", "'x' is unknown"), DataException);
    CHECK(in.u16("rest") == 0x0203);
}

}
