#include "connectors/postgres/types/type_registry.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

using Columns = std::vector<std::optional<std::string_view>>;

}

TEST_CASE("a row of the catalog becomes a type", "[postgres][types]") {
    const auto row = parse_type_row(
        Columns{"16384", "mood", "public", "0", "0", "e", "E", "-1", ",", R"({sad,"very happy",it's})", "f"});
    CHECK(row.oid == 16384);
    CHECK(row.name == "mood");
    CHECK(row.kind == 'e');
    CHECK(row.base_typmod == -1);
    CHECK(row.labels == std::vector<std::string>{"sad", "very happy", "it's"});
    CHECK_FALSE(row.not_null);
    CHECK(parse_type_row(Columns{"1", "d", "s", "23", "0", "d", "N", "-1", ",", std::nullopt, "t"}).not_null);
    CHECK_THROWS_AS(parse_type_row(Columns{"x", "d", "s", "23", "0", "d", "N", "-1", ",", std::nullopt, "t"}),
                    DataException);
    CHECK_THROWS_AS(parse_type_row(Columns{"1", "d"}), DataException);
}

SCENARIO("the registry knows types by OID and by name", "[postgres][types]") {
    GIVEN("a domain over a domain over numeric, and two types of one name") {
        TypeRegistry registry(
            {{.oid = 1700, .name = "numeric", .schema = "pg_catalog"},
             {.oid = 10, .name = "price", .schema = "public", .base_type = 1700, .kind = 'd', .base_typmod = 524295},
             {.oid = 11, .name = "nested", .schema = "public", .base_type = 10, .kind = 'd'},
             {.oid = 13, .name = "citext", .schema = "other"},
             {.oid = 14, .name = "citext", .schema = "public"},
             {.oid = 15, .name = "_citext", .schema = "public", .element_type = 14, .category = 'A'},
             {.oid = 16, .name = "lost", .schema = "public", .base_type = 99, .kind = 'd'},
             {.oid = 17, .name = "loop", .schema = "public", .base_type = 17, .kind = 'd'}});
        THEN("domains resolve to their base with the length that one of them sets") {
            const auto resolved = registry.resolve(11, -1);
            REQUIRE(resolved.type != nullptr);
            CHECK(resolved.type->name == "numeric");
            CHECK(resolved.typmod == 524295);
            CHECK(registry.resolve(1700, 7).typmod == 7);
        }
        THEN("a broken chain resolves to nothing") {
            CHECK(registry.resolve(16, -1).type == nullptr);
            CHECK(registry.resolve(17, -1).type == nullptr);
            CHECK(registry.resolve(98, -1).type == nullptr);
        }
        THEN("a name means the type in public") { CHECK(registry.find("citext")->oid == 14); }
        THEN("an array has elements, other types have none") {
            CHECK(registry.element(*registry.find(15))->oid == 14);
            CHECK(registry.element(*registry.find(14)) == nullptr);
        }
        WHEN("a type is renamed and added again") {
            registry.add({{.oid = 14, .name = "ctext", .schema = "public"}});
            THEN("only its new name finds it") {
                CHECK(registry.find("ctext")->oid == 14);
                CHECK(registry.find("citext")->oid == 13);
                CHECK(registry.size() == 8);
            }
        }
    }
}
