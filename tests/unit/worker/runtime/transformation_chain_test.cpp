#include "worker/runtime/transformation_chain.hpp"

#include "connectors/transforms/plugin.hpp"
#include "tests/pch.hpp"
#include "worker/runtime/trace.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {

struct Fixture {
    Fixture() { plugins.add(transforms::manifest()); }

    TransformationChain chain(Settings settings) const { return {plugins, settings, Logger{}}; }
    ProcessingContext context(Tolerance tolerance) const {
        return {{.tolerance = tolerance},
                "c-0",
                Logger{},
                {.now = [] { return ProcessingContext::Clock::time_point{}; },
                 .wait = [](std::chrono::milliseconds) { return true; },
                 .random = [] { return 0.5; }}};
    }
    /// The record's topic behind the chain, or "dropped".
    std::string topic_behind(TransformationChain& chain, ConnectRecord record) {
        auto processing = context(Tolerance::All);
        processing.begin({.source = &record});
        return chain.apply(record, arena, processing) ? std::string(record.topic) : "dropped";
    }

    PluginRegistry plugins;
    Arena arena;
};

const Settings routers{{"transforms", "a, b"},
                       {"transforms.a.type", "org.apache.kafka.connect.transforms.RegexRouter"},
                       {"transforms.a.regex", "(.*)"},
                       {"transforms.a.replacement", "$1-a"},
                       {"transforms.b.type", "RegexRouter"},
                       {"transforms.b.regex", "(.*)-a"},
                       {"transforms.b.replacement", "$1-b"}};

Settings with_predicate(const std::string& negate) {
    return {{"transforms", "f"},
            {"transforms.f.type", "Filter"},
            {"transforms.f.predicate", "p"},
            {"transforms.f.negate", negate},
            {"predicates", "p"},
            {"predicates.p.type", "TopicNameMatches"},
            {"predicates.p.pattern", "keep"}};
}

}

TEST_CASE("transformations work in the order of their aliases") {
    Fixture f;
    auto chain = f.chain(routers);
    CHECK(f.topic_behind(chain, {.topic = "t"}) == "t-b");
}

TEST_CASE("a predicate decides, and negate turns it round") {
    Fixture f;
    auto drops_kept = f.chain(with_predicate("false"));
    CHECK(f.topic_behind(drops_kept, {.topic = "keep"}) == "dropped");
    CHECK(f.topic_behind(drops_kept, {.topic = "other"}) == "other");
    auto drops_others = f.chain(with_predicate("true"));
    CHECK(f.topic_behind(drops_others, {.topic = "keep"}) == "keep");
    CHECK(f.topic_behind(drops_others, {.topic = "other"}) == "dropped");
}

TEST_CASE("a transformation that fails costs the record or the task") {
    Fixture f;
    auto chain = f.chain({{"transforms", "x"}, {"transforms.x.type", "TimestampRouter"}});
    CHECK(f.topic_behind(chain, {.topic = "t"}) == "dropped");  // it has no timestamp
    ConnectRecord record{.topic = "t"};
    auto strict = f.context(Tolerance::None);
    strict.begin({.source = &record});
    CHECK_THROWS_WITH(chain.apply(record, f.arena, strict), "Tolerance exceeded in error handler");
}

TEST_CASE("a chain that cannot be made says why") {
    Fixture f;
    auto undeclared = with_predicate("false");
    undeclared.erase("predicates");
    CHECK_THROWS_WITH(
        f.chain(undeclared),
        "org.apache.kafka.common.config.ConfigException: transforms.f.predicate=p names a predicate that is "
        "not in 'predicates'. Add it there.");
    CHECK_THROWS_WITH(f.chain({{"transforms", "a"}, {"transforms.a.type", "Filter"}, {"transforms.a.negate", "true"}}),
                      Catch::Contains("Config 'transforms.a.negate' was provided but there is no config"));
}
