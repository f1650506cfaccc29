/// Asks HTTP and HTTPS servers, one request at a time, over connections that are kept.
///
/// Threads  One at a time; send() blocks until the answer, the time limit or a stop.
/// Errors   NoAnswerException if there is no complete answer; PrivateAddressException. An answer of any status is an
///          answer, also one that points elsewhere. Messages hold neither headers nor bodies, and URLs as they were
///          given, so a secret has no place in them, unless the request says how to show its URL.
/// Facts    RFC 9110; libcurl's easy interface.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/tls/key_store.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

struct HttpOptions {
    TlsMaterial tls = {};  ///< without trusted certificates the system's authorities count
    bool verify_host_name = true;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds read_timeout{10'000};
    std::string proxy = {};  ///< host:port
    std::size_t most_answer_bytes = 1'000'000;
    /// Connects to addresses of the public internet alone, and through no proxy, whose addresses nobody could check.
    bool public_addresses_only = false;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::string> headers = {};  ///< "Name: value"
    std::string body = {};
    std::string shown_url = {};  ///< what messages call the URL; empty: the URL itself
};

struct HttpAnswer {
    long status = 0;
    std::string body;
};

/// The server cannot be reached, or broke off; another try may fare better.
struct NoAnswerException : RetriableException {
    using RetriableException::RetriableException;
};

/// The host has addresses that HttpOptions::public_addresses_only rules out.
struct PrivateAddressException : ConnectException {
    using ConnectException::ConnectException;
};

class HttpClient {
public:
    explicit HttpClient(HttpOptions options);
    HttpAnswer send(const HttpRequest& request, const std::stop_token& stop = {});

private:
    void set_up();

    HttpOptions options_;
    std::string refused_address_ = {};
    std::unique_ptr<void, void (*)(void*)> handle_;
};

/// For a part of a path or a form.
std::string percent_encoded(std::string_view text);

}
