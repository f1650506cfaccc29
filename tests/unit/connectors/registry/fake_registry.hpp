/// A schema registry in this process, on a port of 127.0.0.1: it keeps schemas in memory, and goes wrong when it is
/// told to.
///
/// Threads  It answers on the server's thread.
#pragma once
#include "tests/unit/connectors/http/fake_http_server.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millrace::registry {

class FakeRegistry {
public:
    /// What it answers instead of what it would; none: what it would.
    using Trouble = std::function<std::optional<FakeAnswer>(const SeenRequest&)>;

    FakeRegistry();

    std::string url() const { return server_.url(); }
    void go_wrong(Trouble trouble);
    /// From then on its answers have GUIDs, as those of registries since 8.0 do: guid_of(id).
    void give_guids();
    static std::string guid_of(int id);
    /// Its id.
    int add(const std::string& subject, const std::string& schema, const std::string& more = "");
    std::vector<SeenRequest> seen() { return server_.seen(); }
    std::string text_of(int id);

private:
    struct Version {
        std::string subject;
        int id;
        int version;
    };
    FakeAnswer answer(const SeenRequest& request);
    FakeAnswer post(const SeenRequest& request, const std::string& path);
    FakeAnswer get(const std::string& path);
    std::string described(const Version& version) const;
    std::string id_and_guid(int id) const;
    int add_locked(const std::string& subject, const std::string& schema, const std::string& more);

    std::mutex mutex_;
    Trouble trouble_;
    bool guids_ = false;
    std::vector<std::pair<std::string, std::string>> schemas_;  ///< text and what else is said of it, by id - 1
    std::vector<Version> versions_;
    FakeHttpServer server_;
};

}
