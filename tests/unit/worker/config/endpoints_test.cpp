#include "worker/config/endpoints.hpp"

#include "tests/pch.hpp"
#include "worker/config/config_transformer.hpp"

#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::worker;

namespace {

/// A folder with the endpoint "shop".
struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("endpoints-" + std::to_string(std::random_device{}()));
    Folder() {
        std::filesystem::create_directory(path);
        std::ofstream(path / "shop.properties") << "host=db\npassword=top secret\n";
        std::ofstream(path.string() + ".properties") << "host=outside\n";
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::filesystem::remove_all(path);
        std::filesystem::remove(path.string() + ".properties");
    }
    Endpoints endpoints() const { return Endpoints(path.string()); }
};

std::string refusal(const Endpoints& endpoints, const Settings& settings) {
    try {
        endpoints.merged(settings);
        return "";
    } catch (const ConfigException& e) {
        return e.what();
    }
}

}

TEST_CASE("a connector has its endpoint's settings", "[endpoints]") {
    const Folder folder;
    const Settings connector{{"millrace.endpoint", "shop"}, {"table", "t"}};
    CHECK(folder.endpoints().merged(connector) ==
          Settings{{"millrace.endpoint", "shop"}, {"table", "t"}, {"host", "db"}, {"password", "top secret"}});
    const Settings without{{"host", "mine"}};
    CHECK(folder.endpoints().merged(without) == without);
    CHECK(Endpoints().merged(without) == without);
}

TEST_CASE("only the reference to an endpoint is published", "[endpoints]") {
    const Folder folder;
    const Settings connector{{"millrace.endpoint", "shop"}, {"table", "t"}};
    const Settings task{{"host", "db"}, {"password", "top secret"}, {"table", "t"}, {"task.id", "0"}};
    const auto published = folder.endpoints().without(task, connector);
    CHECK(published == Settings{{"millrace.endpoint", "shop"}, {"table", "t"}, {"task.id", "0"}});
    CHECK(folder.endpoints().merged(published).at("password") == "top secret");
    CHECK(folder.endpoints().without(task, {}) == task);
}

TEST_CASE("what an endpoint does not allow is refused", "[endpoints]") {
    const Folder folder;
    CHECK_THAT(refusal(folder.endpoints(), {{"millrace.endpoint", "shop"}, {"host", "evil"}}),
               Catch::Contains("The endpoint shop sets host"));
    CHECK_THAT(refusal(Endpoints(), {{"millrace.endpoint", "shop"}}), Catch::Contains("keeps no endpoints"));
    const auto outside = "../" + folder.path.filename().string();
    for (const auto& name : {std::string("other"), outside, std::string("."), std::string("a/b")}) {
        CHECK_THAT(refusal(folder.endpoints(), {{"millrace.endpoint", name}}), Catch::Contains("no such endpoint"));
    }
}

TEST_CASE("an endpoint's references are resolved", "[endpoints]") {
    const Folder folder;
    std::ofstream(folder.path / "shop.properties") << "password=${no:such}\n";
    const ConfigTransformer transformer({}, {}, folder.endpoints());
    CHECK(transformer.transform({{"millrace.endpoint", "shop"}}).at("password") == "${no:such}");
}
