#include "connectors/transforms/debezium/java_hash.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/decimal.hpp"
#include "tests/pch.hpp"

namespace millrace::transforms {

TEST_CASE("hash codes are Java's") {
    const auto decimal =
        make_schema({.type = Type::Bytes, .name = std::string(decimal_schema_name), .parameters = {{"scale", "2"}}});
    CHECK(java_hash(nullptr, Value::string("orders")) == -1008770331);
    CHECK(java_hash(nullptr, Value::string("")) == 0);
    CHECK(java_hash(nullptr, Value::int32(-7)) == -7);
    CHECK(java_hash(nullptr, Value::int64(-1)) == 0);
    CHECK(java_hash(nullptr, Value::int64(4'294'967'296)) == 1);
    CHECK(java_hash(nullptr, Value::boolean(true)) == 1231);
    CHECK(java_hash(nullptr, Value::float64(1.5)) == 1073217536);
    CHECK(java_hash(decimal, Value::bytes(decimal_bytes("12.34", 2).value())) == 38256);
    CHECK(java_hash(decimal, Value::bytes(decimal_bytes("-12.34", 2).value())) == -38252);
}

TEST_CASE("a struct has no hash code") {
    static constexpr Value fields[] = {Value::int32(1)};
    CHECK_THROWS_AS(java_hash(nullptr, Value::structure(fields)), DataException);
}

}
