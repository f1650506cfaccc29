/// An HTTP server in this process, on a port of 127.0.0.1, that answers as it is told.
///
/// Threads  It answers on a thread of its own, one request a connection; what it has seen is read under a lock.
#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace {

struct SeenRequest {
    std::string method;
    std::string path;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

struct FakeAnswer {
    int status = 200;  ///< 0: it hangs up
    std::string body;
};

class FakeHttpServer {
public:
    /// From the server's thread.
    using Answer = std::function<FakeAnswer(const SeenRequest&)>;

    explicit FakeHttpServer(Answer answer);
    ~FakeHttpServer();
    FakeHttpServer(const FakeHttpServer&) = delete;
    FakeHttpServer& operator=(const FakeHttpServer&) = delete;

    std::string url() const;
    std::vector<SeenRequest> seen();

private:
    void serve();
    void answer_one(int connection);

    const Answer answer_;
    int listener_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    std::vector<SeenRequest> seen_;
    std::jthread thread_;
};

}
