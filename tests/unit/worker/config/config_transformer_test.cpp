#include "worker/config/config_transformer.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {

/// Gives "<path>/<key>" for every key but "missing".
class Echo : public ConfigProvider {
public:
    explicit Echo(int& calls) : calls_(calls) {}
    void configure(const Settings&) override {}
    Settings get(std::string_view path, std::span<const std::string> keys) override {
        ++calls_;
        Settings found;
        for (const auto& key : keys)
            if (key != "missing") found[key] = fmt::format("{}/{}", path, key);
        return found;
    }

private:
    int& calls_;
};

}

TEST_CASE("references become the provider's values") {
    int calls = 0;
    const ConfigTransformer transformer({{"file", std::make_shared<Echo>(calls)}});
    const auto [raw, expected] = GENERATE(table<std::string, std::string>({
        {"plain", "plain"},
        {"${file:/a:b}", "/a/b"},
        {"${file:b}", "/b"},
        {"x${file:/a:b}y${file:/a:c}z", "x/a/by/a/cz"},
        {"${file:/a:missing}", "${file:/a:missing}"},
        {"${other:/a:b}", "${other:/a:b}"},
        {"${nothing", "${nothing"},
        {"${}", "${}"},
        {"${file:/a:b:c}", "/a/b:c"},
        {"$${file:/a:b}", "$/a/b"},
    }));
    CHECK(transformer.transform({{"k", raw}}).at("k") == expected);
}

TEST_CASE("a provider is asked once a path") {
    int calls = 0;
    const ConfigTransformer transformer({{"file", std::make_shared<Echo>(calls)}});
    transformer.transform({{"a", "${file:/p:x}${file:/p:y}"}, {"b", "${file:/p:z}"}, {"c", "${file:/q:x}"}});
    CHECK(calls == 2);
}

TEST_CASE("results are not resolved again, and without providers nothing changes") {
    const Settings settings{{"a", "${file:/p:x}"}};
    CHECK(ConfigTransformer().transform(settings) == settings);
    CHECK(has_reference("${file:/p:x}"));
    CHECK(!has_reference("${file}"));
}

TEST_CASE("task settings get their references back") {
    const Settings connector{{"password", "${file:/p:x}"}, {"user", "u"}};
    CHECK(with_references({{"password", "secret"}, {"user", "u"}, {"task.class", "T"}}, connector) ==
          Settings{{"password", "${file:/p:x}"}, {"user", "u"}, {"task.class", "T"}});
}
