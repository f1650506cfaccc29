#include "worker/main/health_check.hpp"

#include "connectors/api/errors.hpp"

#include <curl/curl.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>

namespace millrace::worker {

namespace {

constexpr long patience_seconds = 5;
constexpr std::size_t longest_answer = std::size_t{64} * 1024;

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* into) {
    auto& text = *static_cast<std::string*>(into);
    if (text.size() + size * count > longest_answer) return 0;
    text.append(bytes, size * count);
    return size * count;
}

/// What reaches a listener of all interfaces from within.
std::string reachable(const std::string& host) {
    if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
    if (host == "::") return "[::1]";
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}

std::string health_url(std::span<const Listener> listeners) {
    if (listeners.empty()) throw ConfigException("There are no listeners to ask for the worker's health");
    const auto plain = std::ranges::find(listeners, Listener::Protocol::Http, &Listener::protocol);
    const auto& asked = plain == listeners.end() ? listeners.front() : *plain;
    return fmt::format("{}://{}:{}/health", to_string(asked.protocol), reachable(asked.host), asked.port);
}

int check_health(const std::string& url) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> request(curl_easy_init(), &curl_easy_cleanup);
    if (!request) return 1;
    std::string answer;
    char why[CURL_ERROR_SIZE] = {};
    curl_easy_setopt(request.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(request.get(), CURLOPT_TIMEOUT, patience_seconds);
    curl_easy_setopt(request.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(request.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(request.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(request.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(request.get(), CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(request.get(), CURLOPT_WRITEFUNCTION, &collect);
    curl_easy_setopt(request.get(), CURLOPT_WRITEDATA, &answer);
    const auto result = curl_easy_perform(request.get());
    if (result != CURLE_OK) {
        fmt::print("{}: {}\n", url, *why != '\0' ? why : curl_easy_strerror(result));
        return 1;
    }
    long status = 0;
    curl_easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status);
    fmt::print("{}\n", answer);
    // A worker with users knows nobody here, but it answers.
    return status == 200 || status == 401 ? 0 : 1;
}

}
