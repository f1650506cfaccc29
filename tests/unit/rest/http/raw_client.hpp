/// A client of plain sockets with a time limit on every read, for tests of the HTTP server.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

namespace millrace::rest {

struct RawResponse {
    int status = 0;
    std::map<std::string, std::string> headers = {};
    std::string body = {};
};

class RawClient {
public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const timeval limit{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
            ::close(socket_);
            throw std::runtime_error("the server refuses connections");
        }
    }
    ~RawClient() { ::close(socket_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(const std::string& text) const {
        std::size_t sent = 0;
        while (sent < text.size()) {
            const auto count = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) return;  // the server may have answered and closed already
            sent += static_cast<std::size_t>(count);
        }
    }
    /// Nothing more is sent.
    void finish() const { ::shutdown(socket_, SHUT_WR); }
    RawResponse exchange(const std::string& text) {
        send(text);
        return receive(text.starts_with("HEAD "));
    }
    /// One response; status 0 if the server closed before it.
    RawResponse receive(bool without_body = false) {
        while (buffer_.find("\r\n\r\n") == std::string::npos) {
            if (!fill()) return {};
        }
        RawResponse response;
        const auto end = buffer_.find("\r\n\r\n");
        response.status = std::stoi(buffer_.substr(9, 3));
        for (auto from = buffer_.find("\r\n") + 2; from < end;) {
            const auto line = buffer_.substr(from, buffer_.find("\r\n", from) - from);
            const auto colon = line.find(": ");
            response.headers[line.substr(0, colon)] = line.substr(colon + 2);
            from += line.size() + 2;
        }
        buffer_.erase(0, end + 4);
        const auto length = response.headers.find("Content-Length");
        const auto size = without_body || length == response.headers.end() ? 0 : std::stoul(length->second);
        while (buffer_.size() < size && fill()) continue;
        response.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return response;
    }
    /// True when the server has closed the connection.
    bool closed() { return !fill(); }

private:
    bool fill() {
        char chunk[4096];
        const auto count = ::recv(socket_, chunk, sizeof chunk, 0);
        if (count < 0) throw std::runtime_error("the server did not answer in time");
        buffer_.append(chunk, static_cast<std::size_t>(count));
        return count > 0;
    }
    int socket_;
    std::string buffer_;
};

}
