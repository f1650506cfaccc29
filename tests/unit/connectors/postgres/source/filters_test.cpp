#include "connectors/postgres/source/filters.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

TEST_CASE("lists are split at commas that are not escaped", "[postgres]") {
    CHECK(split_patterns(" a.b , c{1\\,2} ,,") == std::vector<std::string>{"a.b", "c{1,2}"});
    CHECK(split_patterns("").empty());
}

TEST_CASE("patterns match whole names in any case", "[postgres]") {
    TableFilters filters;
    filters.tables.include = RegexList(std::string_view("public.up.*,Odd Schema\\.ta ble"));
    CHECK(filters.captures({"public", "Upper"}));
    CHECK(filters.captures({"Odd Schema", "ta ble"}));
    CHECK_FALSE(filters.captures({"xpublic", "upper"}));
    CHECK_FALSE(filters.captures({"public", "down"}));
}

TEST_CASE("built-in tables are left out, the signal table never", "[postgres]") {
    TableFilters filters;
    CHECK_FALSE(filters.captures({"pg_catalog", "pg_class"}));
    CHECK_FALSE(filters.captures({"public", "spatial_ref_sys"}));
    filters.tables.exclude = RegexList(std::string_view(".*"));
    filters.signal_table = "public.signals";
    CHECK(filters.captures({"public", "signals"}));
    CHECK_FALSE(filters.captures({"public", "t"}));
}

TEST_CASE("columns are matched with schema and table", "[postgres]") {
    TableFilters filters;
    filters.columns.exclude = RegexList(std::string_view("public.people.(ssn|pass)"));
    CHECK(filters.captures_column({"public", "people"}, "name"));
    CHECK_FALSE(filters.captures_column({"public", "people"}, "ssn"));
    CHECK(filters.captures_column({"s2", "people"}, "ssn"));
}
