#include "connectors/config_providers/environment_provider.hpp"
#include "connectors/config_providers/file_providers.hpp"
#include "tests/pch.hpp"

#include <unistd.h>

#include <fstream>

namespace millrace::config_providers {

namespace fs = std::filesystem;

namespace {

struct Folder {
    Folder() : path(fs::temp_directory_path() / ("providers-" + std::to_string(::getpid()))) {
        fs::create_directories(path / "open/deep");
        fs::create_directories(path / "open-too");
        write("open/a.properties", "user=alice\npassword = s:e}c=ret \n");
        write("open/deep/token", "line one\nline two\n");
        write("open-too/b.properties", "user=bob\n");
    }
    ~Folder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
    std::string at(const std::string& name) const { return (path / name).string(); }
    fs::path path;
};

Settings get(ConfigProvider& provider, const std::string& path, std::vector<std::string> keys) {
    return provider.get(path, keys);
}

}

TEST_CASE("A properties file gives the keys that it has", "[providers]") {
    const Folder folder;
    FileConfigProvider provider;
    provider.configure({});
    CHECK(get(provider, folder.at("open/a.properties"), {"user", "password", "nothing"}) ==
          Settings{{"user", "alice"}, {"password", "s:e}c=ret "}});
    CHECK(get(provider, "", {"user"}).empty());
    CHECK_THROWS_WITH(get(provider, folder.at("none"), {"user"}),
                      "Could not read properties from file " + folder.at("none"));
    CHECK_THROWS_AS(get(provider, folder.at("open"), {"user"}), ConnectException);
    CHECK_FALSE(provider.get_expiring(folder.at("open/a.properties"), {}).ttl);

    folder.write("open/a.properties", "user=carol\n");  // read anew each time
    CHECK(get(provider, folder.at("open/a.properties"), {"user"}) == Settings{{"user", "carol"}});
}

TEST_CASE("A directory gives whole files", "[providers]") {
    const Folder folder;
    DirectoryConfigProvider provider;
    provider.configure({{"millrace.ttl.ms", "1500"}});
    CHECK(get(provider, folder.at("open/deep"), {"token", "none", "../a.properties", "..", "."}) ==
          Settings{{"token", "line one\nline two\n"}});
    CHECK(get(provider, folder.at("nowhere"), {"token"}).empty());
    CHECK(get(provider, folder.at("open"), {"deep"}).empty());
    CHECK(provider.get_expiring(folder.at("open"), {}).ttl == std::chrono::milliseconds(1500));
}

TEST_CASE("Only allowed paths are read", "[providers]") {
    const Folder folder;
    FileConfigProvider files;
    files.configure({{"allowed.paths", folder.at("open/deep") + "," + folder.at("open") + "/"}});
    const std::vector<std::string> user{"user"};
    CHECK(get(files, folder.at("open/a.properties"), user).size() == 1);
    CHECK(get(files, folder.at("open/deep/../a.properties"), user).size() == 1);
    CHECK(get(files, folder.at("open-too/b.properties"), user).empty());
    CHECK(get(files, folder.at("open/../open-too/b.properties"), user).empty());
    CHECK(get(files, "open/a.properties", user).empty());
    DirectoryConfigProvider directories;
    directories.configure({{"allowed.paths", folder.at("open/deep")}});
    CHECK(get(directories, folder.at("open/deep"), {"token"}).size() == 1);
    CHECK(get(directories, folder.at("open"), {"a.properties"}).empty());

    CHECK_THROWS_WITH(files.configure({{"allowed.paths", "etc"}}), "Path etc is not absolute");
    CHECK_THROWS_WITH(files.configure({{"allowed.paths", "/no/such/path"}}), "Path /no/such/path does not exist");
    CHECK_THROWS_AS(files.configure({{"millrace.ttl.ms", "0"}}), ConfigException);
}

TEST_CASE("The environment gives variables whose names are allowed", "[providers]") {
    ::setenv("MILLRACE_PROVIDED_A", "one", 1);    // NOLINT(concurrency-mt-unsafe): the tests run on one thread
    ::setenv("MILLRACE_PROVIDED_B", "two=2", 1);  // NOLINT(concurrency-mt-unsafe)
    EnvVarConfigProvider provider;
    provider.configure({});
    CHECK(get(provider, "", {"MILLRACE_PROVIDED_A", "MILLRACE_PROVIDED_B", "MILLRACE_PROVIDED_C"}) ==
          Settings{{"MILLRACE_PROVIDED_A", "one"}, {"MILLRACE_PROVIDED_B", "two=2"}});
    ::setenv("MILLRACE_PROVIDED_A", "later", 1);  // NOLINT(concurrency-mt-unsafe)
    CHECK(get(provider, "", {"MILLRACE_PROVIDED_A"}).at("MILLRACE_PROVIDED_A") == "one");
    CHECK_THROWS_WITH(get(provider, "p", {"A"}), "Path is not supported for EnvVarConfigProvider, invalid value 'p'");
    provider.configure({{"allowlist.pattern", "MILLRACE_PROVIDED_[B-Z]"}});
    CHECK(get(provider, "", {"MILLRACE_PROVIDED_A", "MILLRACE_PROVIDED_B"}) ==
          Settings{{"MILLRACE_PROVIDED_B", "two=2"}});
}

}
