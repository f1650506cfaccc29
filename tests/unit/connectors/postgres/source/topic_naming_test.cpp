#include "connectors/postgres/source/topic_naming.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

TEST_CASE("topic names keep what Kafka allows", "[postgres]") {
    CHECK(sanitize_topic("p.public.orders") == "p.public.orders");
    CHECK(sanitize_topic("p.Odd Schema.ta ble") == "p.Odd_Schema.ta_ble");
    CHECK(sanitize_topic("Ünïcödé-表") == "_n_c_d_-_");
    CHECK(sanitize_topic("a\xF0\x9F\x98\x80z") == "a__z");  // two UTF-16 units
    CHECK(sanitize_topic(std::string(300, 'x')).size() == 249);
    CHECK(sanitize_topic_unicode("tä ble_1") == "t_u00e4_u0020ble_u005f1");
    CHECK(sanitize_topic_unicode("książka\t€") == "ksi_u105_u17cka_u009_u20ac");
}

TEST_CASE("names are made fit for Avro on request", "[postgres]") {
    CHECK(adjust_name("1st-col", NameAdjustment::Avro, true) == "_1st_col");
    CHECK(adjust_name("a.b", NameAdjustment::Avro, true) == "a_b");
    CHECK(adjust_name("p.a.b-c", NameAdjustment::Avro, false) == "p.a.b_c");
    CHECK(adjust_name("a_b", NameAdjustment::AvroUnicode, true) == "a_u005fb");
    CHECK(adjust_name("żółw", NameAdjustment::AvroUnicode, true) == "_u17c_u00f3_u142w");
    CHECK(adjust_name("a b", NameAdjustment::None, true) == "a b");
}

TEST_CASE("a regex is tried on the topic's name as Kafka allows it", "[postgres]") {
    const TopicNaming naming({.prefix = "p", .regex = "p\\.(\\w+)", .replacement = "all.$1", .with_schema = false});
    CHECK(naming.data_topic({"public", "old orders"}) == "all.old_orders");
}

TEST_CASE("the regex strategies merge topics and say in the key which table it was", "[postgres]") {
    const TopicNaming naming({.prefix = "p",
                              .regex = "(.*)(orders|parts)",
                              .replacement = "$1all",
                              .with_schema = false,
                              .key_field = "__dbz__physicalTableIdentifier"});
    CHECK(naming.data_topic({"public", "orders"}) == "p.all");
    REQUIRE(naming.key_field({"public", "orders"}));
    CHECK(naming.key_field({"public", "orders"})->value == "p.orders");
    CHECK(naming.data_topic({"public", "other"}) == "p.other");
    REQUIRE(naming.key_field({"public", "other"}));  // although its topic is its own
    CHECK(naming.key_field({"public", "other"})->value == "p.other");
}
