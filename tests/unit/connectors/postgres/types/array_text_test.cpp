#include "connectors/postgres/types/array_text.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

/// Elements with a mark before: = text, N null, A inner array.
std::vector<std::string> read(std::string_view text, char delimiter = ',') {
    Arena arena;
    ArrayReader reader(text, delimiter);
    std::vector<std::string> out;
    while (const auto e = reader.next(arena))
        out.push_back((e->null ? "N" : e->array ? "A" : "=") + std::string(e->text));
    CHECK(out.size() <= count_elements_at_most(text, delimiter));
    return out;
}
using List = std::vector<std::string>;

}

TEST_CASE("the elements of an array are read one by one", "[postgres][types]") {
    const auto [text, elements] = GENERATE(table<const char*, List>({
        {"{}", {}},
        {"{1}", {"=1"}},
        {"{1,NULL,null,-3}", {"=1", "NNULL", "Nnull", "=-3"}},
        {R"({"NULL","",a})", {"=NULL", "=", "=a"}},
        {R"({"a,b","{c}","d\"e","f\\g"})", {"=a,b", "={c}", "=d\"e", "=f\\g"}},
        {"[0:1]={5,6}", {"=5", "=6"}},
        {"[1:1][2:3]={{5,6}}", {"A{5,6}"}},
        {R"({{"}","\""},{1,2}})", {R"(A{"}","\""})", "A{1,2}"}},
    }));
    CAPTURE(text);
    CHECK(read(text) == elements);
}

TEST_CASE("the delimiter is the element type's", "[postgres][types]") {
    CHECK(read("{(2,2),(0,0);(1,1),(0,0)}", ';') == List{"=(2,2),(0,0)", "=(1,1),(0,0)"});
}

TEST_CASE("what is no array is refused", "[postgres][types]") {
    const auto* text = GENERATE("", "1", "{", "}", "{1", "{1,}", "{,1}", "{1}x", "{\"a}", "{\"a\"b}", "{{1}", "[0:1]",
                                "{a\"b\"}", "{\"a\\", "[", "{a}}", "{{}");
    CAPTURE(text);
    CHECK_THROWS_AS(read(text), DataException);
}

TEST_CASE("an element without escapes is a view of the input", "[postgres][types]") {
    const std::string text = R"({"long enough to be somewhere",plain})";
    Arena arena;
    ArrayReader reader(text, ',');
    CHECK(reader.next(arena)->text.data() == text.data() + 2);
    CHECK(reader.next(arena)->text.data() == text.data() + text.find("plain"));
    CHECK(arena.used_bytes() == 0);
}
