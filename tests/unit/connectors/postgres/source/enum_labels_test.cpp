#include "connectors/postgres/source/enum_labels.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

TypeRegistry types() {
    return TypeRegistry(std::vector<TypeRow>{
        {.oid = 25, .name = "text", .schema = "pg_catalog"},
        {.oid = 100, .name = "mood", .schema = "public", .kind = 'e', .category = 'E', .labels = {"sad", "so so"}},
        {.oid = 101, .name = "_mood", .schema = "public", .element_type = 100, .category = 'A'},
        {.oid = 102, .name = "state", .schema = "public", .base_type = 100, .kind = 'd'}});
}

EnumLabels labels() {
    const std::vector<RowColumn> columns = {
        {.name = "t", .type = 25}, {.name = "m", .type = 100}, {.name = "ms", .type = 101}, {.name = "d", .type = 102}};
    return EnumLabels(columns, types());
}

}

TEST_CASE("a label that an enum did not have is noticed in columns, arrays and domains") {
    const auto [mood, moods, state, unknown] =
        GENERATE(table<const char*, const char*, const char*, std::optional<std::string>>(
            {{"sad", "{sad,\"so so\",NULL}", "so so", std::nullopt},
             {"glad", "{}", "sad", "glad"},
             {"sad", "{sad,\"quite glad\"}", "sad", "quite glad"},
             {"sad", "{{sad},{glad}}", "sad", "glad"},
             {"sad", "{}", "glad", "glad"}}));
    const std::vector<Column> row = {{.kind = Column::Kind::Text, .text = "glad"},
                                     {.kind = Column::Kind::Text, .text = mood},
                                     {.kind = Column::Kind::Text, .text = moods},
                                     {.kind = Column::Kind::Text, .text = state}};
    CHECK(labels().unknown(row) == unknown);
}

TEST_CASE("nulls and unchanged values hold no label, and a tolerated one is not asked for again") {
    const std::vector<Column> row = {{.kind = Column::Kind::Null},
                                     {.kind = Column::Kind::Text, .text = "gone"},
                                     {.kind = Column::Kind::UnchangedToast},
                                     {.kind = Column::Kind::Null}};
    auto known = labels();
    CHECK(known.unknown(row) == "gone");
    known.tolerate("gone");
    CHECK(!known.unknown(row));
    CHECK(EnumLabels(std::vector<RowColumn>{{.name = "t", .type = 25}}, types()).empty());
}
