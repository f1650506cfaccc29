#include "connectors/transforms/debezium/json_structure.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

namespace millrace::transforms {

TEST_CASE("objects of one array whose fields have different types are refused") {
    JsonStructure structure;
    Arena arena;
    const auto [json, reason] = GENERATE(table<std::string, std::string>({
        {R"({"a":[{"b":"x"},{"b":true}]})", R"(STRING: class java.lang.Boolean for field: "b")"},
        {R"({"a":[{"b":true},{"b":1.5}]})", R"(BOOLEAN: class java.lang.Double for field: "b")"},
        {R"({"a":[{"b":1},{"b":[1]}]})", R"(INT32: class java.util.ArrayList for field: "b")"},
        {R"({"a":[{"b":[1]},{"b":[]}]})", ""},
        {R"({"a":[{"b":{}},{"b":99999999999}]})", R"(STRUCT: class java.lang.Long for field: "b")"},
    }));
    INFO(json);
    if (reason.empty()) {
        CHECK_NOTHROW(structure.parse("p", json, arena));
    } else {
        CHECK_THROWS_WITH(structure.parse("p", json, arena), "Invalid Java object for schema with type " + reason);
    }
}

TEST_CASE("arrays of several kinds are refused") {
    JsonStructure structure;
    Arena arena;
    const auto [json, reason] = GENERATE(table<std::string, std::string>({
        {R"({"a":[true,"x"]})", "Field is not a homogenous array (true x STRING)."},
        {R"({"a":[null,1,[]]})", "Field is not a homogenous array (1 x ARRAY)."},
        {R"({"a":[1,2.5]})",
         "Field is not a homogenous array (1 x 2.5), different number types (Schema{INT32} x Schema{FLOAT64})"},
        {R"({"a":[null]})", "Array '' has unrecognized member schema."},
    }));
    CHECK_THROWS_WITH(structure.parse("p", json, arena), reason);
}

}
