#include "worker/runtime/connector_offsets.hpp"

#include "connectors/support/json_values.hpp"
#include "tests/pch.hpp"
#include "tests/unit/worker/runtime/fakes.hpp"

namespace millrace::worker {

namespace {

/// Says to a change of offsets what it is told to, or throws that.
class Checking : public SourceConnector {
public:
    bool takes_over = true;
    std::function<void()> before = [] {};
    std::vector<std::string> seen = {};

    bool alter_offsets(const Settings& settings,
                       std::span<const std::pair<OffsetMap, std::optional<OffsetMap>>> offsets) override {
        before();
        for (const auto& [partition, offset] : offsets) {
            std::string text = settings.at("name") + " ";
            append_offset_entries(text, partition.entries());
            if (offset) append_offset_entries(text, offset->entries());
            seen.push_back(text);
        }
        return takes_over;
    }
    void start(const Settings&, ConnectorContext&) override {}
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int) override { return {}; }
    std::string task_class() const override { return "x"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }
    std::unique_ptr<SourceTask> make_task() const override { return nullptr; }
};

OffsetMap map_of(const std::string& text) { return to_offset_map(json::Document(text).root()); }

struct Fixture {
    test::JsonOffsetStore store;
    Checking plugin;
    const Settings settings{{"name", "c"}};

    std::string change(OffsetChange wanted) {
        return change_source_offsets(store, plugin, "c", settings, std::move(wanted));
    }
};

}

TEST_CASE("offsets are changed one by one, others stay", "[offsets]") {
    Fixture f;
    f.store.texts["c"] = {{R"({"p":1})", R"({"o":1})"}, {R"({"p":2})", R"({"o":2})"}};
    ConnectorOffsets wanted;
    wanted.push_back({.partition = map_of(R"({"p":1})"), .offset = map_of(R"({"o":5})")});
    wanted.push_back({.partition = map_of(R"({"p":3})"), .offset = map_of(R"({"o":6})")});
    wanted.push_back({.partition = map_of(R"({"p":2})"), .offset = {}});
    wanted.push_back({});
    CHECK(f.change(std::move(wanted)) == "The offsets for this connector have been altered successfully");
    CHECK(f.plugin.seen == std::vector<std::string>{R"(c {"p":1}{"o":5})", R"(c {"p":3}{"o":6})", R"(c {"p":2})"});
    CHECK(f.store.texts["c"] ==
          std::map<std::string, std::string>{{R"({"p":1})", R"({"o":5})"}, {R"({"p":3})", R"({"o":6})"}});
}

TEST_CASE("a reset forgets what there is, and can be repeated", "[offsets]") {
    Fixture f;
    f.plugin.takes_over = false;
    f.store.texts["c"] = {{R"({"p":1})", R"({"o":1})"}};
    f.store.texts["d"] = {{R"({"p":1})", R"({"o":1})"}};
    const auto sentence = f.change(std::nullopt);
    CHECK(
        sentence.starts_with("The Connect framework-managed offsets for this connector have been reset successfully."
                             " However, if this connector manages offsets externally"));
    CHECK(f.store.texts["c"].empty());
    CHECK(f.change(std::nullopt) == sentence);
    CHECK(f.store.texts["d"].size() == 1);
}

TEST_CASE("what the connector refuses is not stored", "[offsets]") {
    Fixture f;
    const auto wanted = [] {
        ConnectorOffsets offsets;
        offsets.push_back({.partition = map_of(R"({"p":1})"), .offset = map_of(R"({"o":5})")});
        return offsets;
    };
    f.plugin.before = [] { throw ConnectException("no such partition"); };
    CHECK_THROWS_WITH(f.change(wanted()), "no such partition");
    f.plugin.before = [] { throw std::out_of_range("o"); };
    CHECK_THROWS_WITH(f.change(wanted()), "Failed to modify offsets for source connector c: o");
    CHECK(f.store.texts["c"].empty());
}

TEST_CASE("an offset needs a partition", "[offsets]") {
    Fixture f;
    ConnectorOffsets wanted;
    wanted.push_back({.partition = {}, .offset = map_of(R"({"o":5})")});
    const auto change = [&] {
        ConnectorOffsets again;
        again.push_back({.partition = {}, .offset = map_of(R"({"o":5})")});
        return f.change(std::move(again));
    };
    CHECK_THROWS_WITH(f.change(std::move(wanted)), "Partition objects cannot be null");
    f.plugin.before = [] { throw ConnectException("Partition objects should contain the key 'filename'"); };
    CHECK_THROWS_WITH(change(), "Partition objects cannot be null");
    f.plugin.before = [] { throw ConnectException("Offset objects need a position"); };
    CHECK_THROWS_WITH(change(), "Offset objects need a position");
}

TEST_CASE("a source's offsets are primitive values", "[offsets]") {
    Fixture f;
    const auto [value, kind] = GENERATE(table<Value, std::string>({
        {Value::array({}), "ARRAY"},
        {Value::map({}), "MAP"},
        {Value::bytes("12345678901234567890"), "class java.math.BigInteger"},
    }));
    OffsetMap odd;
    odd.set("p", value);
    const auto message = "Offsets may only contain primitive types as values, but field p contains " + kind;
    ConnectorOffsets partition;
    partition.push_back({.partition = odd, .offset = map_of(R"({"o":5})")});
    CHECK_THROWS_WITH(f.change(std::move(partition)), message);
    ConnectorOffsets offset;
    offset.push_back({.partition = map_of(R"({"p":1})"), .offset = odd});
    CHECK_THROWS_WITH(f.change(std::move(offset)), message);
    CHECK(f.plugin.seen.empty());
}

// What the Java worker answers after PATCH of these files' offsets.
TEST_CASE("offsets are listed in the order of Java's hash maps", "[offsets]") {
    Fixture f;
    std::vector<std::string> order;
    const auto [connector, names] = GENERATE(table<std::string, std::vector<std::string>>({
        {"rest-a", {"b", "a"}},
        {"q0", {"a0", "b0"}},
        {"q3", {"b9", "a21"}},
        {"q4", {"a28", "b12"}},
        {"q5", {"b15", "a35"}},
    }));
    for (const auto& name : names) {
        f.store.texts[connector].emplace(R"({"filename":")" + name + R"("})", R"({"position":1})");
    }
    for (const auto& one : source_offsets(f.store, connector)) {
        order.emplace_back(one.partition->find("filename")->as_text());
    }
    CHECK(order == names);
}

TEST_CASE("the stored offsets are listed", "[offsets]") {
    Fixture f;
    CHECK(source_offsets(f.store, "c").empty());
    f.store.texts["c"] = {{R"({"p":1})", R"({"o":1})"}};
    const auto all = source_offsets(f.store, "c");
    REQUIRE(all.size() == 1);
    CHECK(all.front().partition->find("p")->as_integer() == 1);
    CHECK(all.front().offset->find("o")->as_integer() == 1);
}

}
