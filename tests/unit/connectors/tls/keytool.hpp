/// Key stores that Java's keytool makes, in a folder that goes with the test.
#pragma once
#include "connectors/api/config_def.hpp"
#include "tests/pch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace millrace {

inline bool has_keytool() {
    if (std::system("command -v keytool >/dev/null") == 0) return true;  // NOLINT(concurrency-mt-unsafe)
    WARN("skipped: there is no keytool");
    return false;
}

class Folder {
public:
    Folder() : path_(std::filesystem::temp_directory_path() / "millrace-key-store-XXXXXX") {
        auto name = path_.string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    void run(const std::string& command) const {
        INFO(command);
        REQUIRE(
            std::system(fmt::format("cd {} && {} >log 2>&1 || {{ cat log; false; }}",  // NOLINT(concurrency-mt-unsafe)
                                    path_.string(), command)
                            .c_str()) == 0);
    }
    void key(const std::string& store, const std::string& type, const std::string& more) const {
        run(
            fmt::format("keytool -genkeypair -alias worker -dname CN=worker -keyalg EC -keystore {} -storetype {} "
                        "-storepass secret {}",
                        store, type, more));
    }
    void overwrite(const std::string& name, const std::string& bytes) const {
        std::ofstream(path_ / name, std::ios::binary) << bytes;
    }

private:
    std::filesystem::path path_;
};

inline Settings keystore(const std::string& path) {
    return {{"ssl.keystore.location", path}, {"ssl.keystore.password", "secret"}};
}
inline Settings truststore(const std::string& path) {
    return {{"ssl.truststore.location", path}, {"ssl.truststore.password", "secret"}};
}

}
