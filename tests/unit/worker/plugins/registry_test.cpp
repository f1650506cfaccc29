#include "worker/plugins/registry.hpp"

#include "tests/pch.hpp"
#include "worker/plugins/names.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::worker;

namespace {

class Nothing : public Transformation {
public:
    void configure(const Settings&) override {}
    bool apply(ConnectRecord&, Arena&) override { return true; }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }
};

constexpr PluginDescriptor plugins[] = {
    {PluginType::Transformation, "org.x.RegexRouter", "1.0", create_plugin<Nothing>},
    {PluginType::Transformation, "org.x.RegexRouter", "1.10", create_plugin<Nothing>},
    {PluginType::Transformation, "org.x.RegexRouter", "1.9", create_plugin<Nothing>},
    {PluginType::Transformation, "org.x.Cast$Key", "1", create_plugin<Nothing>},
    {PluginType::Transformation, "org.x.Mask$Key", "1", create_plugin<Nothing>},
    {PluginType::Source, "io.x.PostgresConnector", "2", create_plugin<Nothing>},
    {PluginType::Sink, "io.x.FileSink", "2", create_plugin<Nothing>},
};
constexpr PluginManifest the_manifest{plugin_abi, "test", plugins};

class Lines : public LogSink {
public:
    bool enabled(LogLevel, std::string_view) const noexcept override { return true; }
    void write(LogLevel, std::string_view, std::string_view, std::string_view line) noexcept override {
        all += std::string(line) + "\n";
    }
    std::string all;
};

}

TEST_CASE("plugins are found by class name and by alias") {
    PluginRegistry registry;
    registry.add(the_manifest);
    CHECK(registry.find(PluginType::Transformation, "RegexRouter")->version == "1.10");
    CHECK(registry.find(PluginType::Transformation, "org.x.Cast$Key"));
    CHECK(!registry.find(PluginType::Transformation, "Key"));  // two classes have this alias
    CHECK(registry.connector("Postgres").class_name == "io.x.PostgresConnector");
    CHECK(registry.connector("PostgresConnector").class_name == "io.x.PostgresConnector");
    CHECK(registry.create_transformation("RegexRouter"));
    CHECK_THROWS_WITH(registry.create_transformation("x.y.Z"), "Class x.y.Z could not be found.");
    CHECK_THROWS_WITH(registry.connector("Nope"),
                      Catch::StartsWith("Failed to find any class that implements Connector and which name matches "
                                        "Nope, available connectors are: PluginDesc{klass=class io.x.FileSink, "));
}

TEST_CASE("plugins are listed by type, class and version") {
    PluginRegistry registry;
    registry.add(the_manifest);
    registry.add(the_manifest, "a second copy");
    std::vector<std::string> listed;
    for (const auto& p : registry.list())
        listed.push_back(fmt::format("{} {} {}", to_string(p.type), p.class_name, p.version));
    CHECK(listed == std::vector<std::string>{
                        "sink io.x.FileSink 2", "source io.x.PostgresConnector 2", "transformation org.x.Cast$Key 1",
                        "transformation org.x.Mask$Key 1", "transformation org.x.RegexRouter 1.0",
                        "transformation org.x.RegexRouter 1.9", "transformation org.x.RegexRouter 1.10"});
}

TEST_CASE("aliases are the simple name, with and without its type") {
    CHECK(aliases_of(PluginType::Source, "io.debezium.connector.postgresql.PostgresConnector") ==
          std::vector<std::string>{"PostgresConnector", "Postgres"});
    CHECK(aliases_of(PluginType::Converter, "org.x.JsonConverter") ==
          std::vector<std::string>{"JsonConverter", "Json"});
    CHECK(aliases_of(PluginType::Converter, "org.x.Converter") == std::vector<std::string>{"Converter"});
    CHECK(aliases_of(PluginType::Transformation, "org.x.Cast$Key") == std::vector<std::string>{"Key"});
}

TEST_CASE("a library that will not do is left out with its path") {
    namespace fs = std::filesystem;
    const auto directory = fs::temp_directory_path() / fmt::format("millrace-plugins-{}", ::getpid());
    fs::create_directories(directory / "inner");
    const auto library = [&](const fs::path& path, const std::string& code) {
        const auto source = directory / "code.c";
        std::ofstream(source) << code;
        return std::system(fmt::format("cc -shared -fPIC -o {} {}", path.string(), source.string()).c_str()) == 0;
    };
    REQUIRE(library(directory / "inner" / "stranger.so",
                    "static const struct { unsigned abi; } m = {4711};\n"
                    "const void* millrace_plugin_manifest(void) { return &m; }\n"));
    REQUIRE(library(directory / "other.so", "int nothing(void) { return 0; }\n"));
    std::ofstream(directory / "text.so") << "this is no library";
    std::ofstream(directory / "readme.txt") << "nor is this";

    const auto lines = std::make_shared<Lines>();
    PluginRegistry registry(Logger(lines, "test"));
    const std::vector<std::string> path{directory.string(), "/no/such/directory"};
    registry.scan(path);
    CHECK(registry.list().empty());
    CHECK_THAT(lines->all,
               Catch::Contains("inner/stranger.so' is refused: it was built for plugin interface 4711, this "
                               "worker has " +
                               std::to_string(plugin_abi)));
    CHECK_THAT(lines->all, Catch::Contains("other.so' is left out of the plugins, for it has no symbol"));
    CHECK_THAT(lines->all, Catch::Contains("text.so' is left out of the plugins, for it cannot be loaded"));
    CHECK_THAT(lines->all, Catch::Contains("'/no/such/directory' cannot be read"));
    CHECK_THAT(lines->all, !Catch::Contains("readme"));
    fs::remove_all(directory);
}

TEST_CASE("the installation's plugins are beside its programs") {
    CHECK(default_plugin_directory("/opt/millrace/bin/connect-distributed") == "/opt/millrace/lib/millrace/plugins");
}
