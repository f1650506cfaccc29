/// A schema registry in this process, on a port of 127.0.0.1: it keeps schemas in memory, and goes wrong when it is
/// told to.
///
/// Threads  The server answers on a thread of its own, one request a connection; what it has seen is read under a lock.
#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace millrace::registry {

struct SeenRequest {
    std::string method;
    std::string path;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

struct FakeAnswer {
    int status = 200;
    std::string body;
};

class FakeRegistry {
public:
    /// What it answers instead of what it would; none: what it would.
    using Trouble = std::function<std::optional<FakeAnswer>(const SeenRequest&)>;

    FakeRegistry();
    ~FakeRegistry();
    FakeRegistry(const FakeRegistry&) = delete;
    FakeRegistry& operator=(const FakeRegistry&) = delete;

    std::string url() const;
    void go_wrong(Trouble trouble);
    /// From then on its answers have GUIDs, as those of registries since 8.0 do: guid_of(id).
    void give_guids();
    static std::string guid_of(int id);
    /// Its id.
    int add(const std::string& subject, const std::string& schema, const std::string& more = "");
    std::vector<SeenRequest> seen();
    std::string text_of(int id);

private:
    struct Version {
        std::string subject;
        int id;
        int version;
    };
    void serve();
    void answer_one(int connection);
    FakeAnswer answer(const SeenRequest& request);
    FakeAnswer post(const SeenRequest& request, const std::string& path);
    FakeAnswer get(const std::string& path);
    std::string described(const Version& version) const;
    std::string id_and_guid(int id) const;
    int add_locked(const std::string& subject, const std::string& schema, const std::string& more);

    int listener_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    Trouble trouble_;
    bool guids_ = false;
    std::vector<SeenRequest> seen_;
    std::vector<std::pair<std::string, std::string>> schemas_;  ///< text and what else is said of it, by id - 1
    std::vector<Version> versions_;
    std::jthread thread_;
};

}
