#include "connectors/postgres/source/snapshot.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

namespace {

std::string shown(std::string line) {
    std::vector<Column> columns;
    split_copy_line(line.data(), line.size(), columns);
    std::string text;
    for (const auto& column : columns) {
        text += column.kind == Column::Kind::Null ? "[null]" : "[" + std::string(column.text) + "]";
    }
    return text;
}

}

TEST_CASE("a line of COPY is split and unescaped", "[postgres]") {
    CHECK(shown("1\ta\t\\N") == "[1][a][null]");
    CHECK(shown("") == "[]");
    CHECK(shown("\t") == "[][]");
    CHECK(shown("\\N") == "[null]");
    CHECK(shown("x\\ty\\nz\\\\\\r") == "[x\ty\nz\\\r]");
    CHECK(shown("a\\\\N\t\\\\N") == "[a\\N][\\N]");
    CHECK(shown("a\\b\\f\\v") == "[a\b\f\v]");
    CHECK(shown("tail\\") == "[tail\\]");
}
