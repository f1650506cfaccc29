#include "tests/unit/connectors/http/fake_http_server.hpp"

#include "connectors/support/text.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace millrace {

namespace {

/// Up to `end` and beyond; what is there of it if the client closes.
std::string receive(int connection, std::string text, const std::function<bool(const std::string&)>& complete) {
    char block[4096];
    while (!complete(text)) {
        const auto got = ::recv(connection, block, sizeof block, 0);
        if (got <= 0) break;
        text.append(block, static_cast<std::size_t>(got));
    }
    return text;
}

SeenRequest parse_head(const std::string& head) {
    SeenRequest request;
    const auto line_end = head.find("\r\n");
    const auto first = head.find(' ');
    const auto second = head.find(' ', first + 1);
    request.method = head.substr(0, first);
    request.path = head.substr(first + 1, second - first - 1);
    for (auto at = line_end + 2; at < head.size();) {
        const auto end = head.find("\r\n", at);
        const auto colon = head.find(':', at);
        if (end == at || colon == std::string::npos || colon > end) break;
        request.headers[lower_case(head.substr(at, colon - at))] = head.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    return request;
}

}

FakeHttpServer::FakeHttpServer(Answer answer)
    : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
        throw std::runtime_error("the HTTP server of the test cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
}

FakeHttpServer::~FakeHttpServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

std::string FakeHttpServer::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::vector<SeenRequest> FakeHttpServer::seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
}

void FakeHttpServer::serve() {
    for (;;) {
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        answer_one(connection);
        ::close(connection);
    }
}

void FakeHttpServer::answer_one(int connection) {
    auto text =
        receive(connection, "", [](const std::string& got) { return got.find("\r\n\r\n") != std::string::npos; });
    const auto head_end = text.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    auto request = parse_head(text.substr(0, head_end + 2));
    const auto length = request.headers.contains("content-length") ? std::stoul(request.headers["content-length"]) : 0;
    request.body =
        receive(connection, text.substr(head_end + 4), [&](const std::string& got) { return got.size() >= length; });
    {
        const std::lock_guard lock(mutex_);
        seen_.push_back(request);
    }
    const auto answered = answer_(request);
    if (answered.status == 0) return;  // hangs up
    const auto reply = fmt::format(
        "HTTP/1.1 {} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        answered.status, answered.body.size(), answered.body);
    ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
}

}
