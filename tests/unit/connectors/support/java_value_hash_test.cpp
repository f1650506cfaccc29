#include "connectors/support/java_value_hash.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/decimal.hpp"
#include "tests/pch.hpp"

namespace millrace {

TEST_CASE("hash codes are Java's") {
    const auto decimal =
        make_schema({.type = Type::Bytes, .name = std::string(decimal_schema_name), .parameters = {{"scale", "2"}}});
    CHECK(java_value_hash(nullptr, Value::string("orders")) == -1008770331);
    CHECK(java_value_hash(nullptr, Value::string("")) == 0);
    CHECK(java_value_hash(nullptr, Value::int32(-7)) == -7);
    CHECK(java_value_hash(nullptr, Value::int64(-1)) == 0);
    CHECK(java_value_hash(nullptr, Value::int64(4'294'967'296)) == 1);
    CHECK(java_value_hash(nullptr, Value::boolean(true)) == 1231);
    CHECK(java_value_hash(nullptr, Value::float64(1.5)) == 1073217536);
    CHECK(java_value_hash(decimal, Value::bytes(decimal_bytes("12.34", 2).value())) == 38256);
    CHECK(java_value_hash(decimal, Value::bytes(decimal_bytes("-12.34", 2).value())) == -38252);
}

TEST_CASE("a partition's hash code is that of Java's map, whatever the order of its entries") {
    const OffsetEntry one[] = {{"filename", Value::string("a")}};
    CHECK(java_value_hash(one) == -734768538);
    const OffsetEntry two[] = {{"filename", Value::string("a")}, {"n", Value::int64(-5)}, {"z", {}}};
    const OffsetEntry turned[] = {{"z", {}}, {"n", Value::int64(-5)}, {"filename", Value::string("a")}};
    CHECK(java_value_hash(two) == java_value_hash(turned));
}

TEST_CASE("a struct has no hash code") {
    static constexpr Value fields[] = {Value::int32(1)};
    CHECK_THROWS_AS(java_value_hash(nullptr, Value::structure(fields)), DataException);
}

}
