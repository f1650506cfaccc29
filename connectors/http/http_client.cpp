#include "connectors/http/http_client.hpp"

#include "connectors/http/public_address.hpp"

#include <curl/curl.h>
#include <fmt/core.h>
#include <sys/socket.h>

namespace millrace {

namespace {

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Answer {
    std::string body;
    std::size_t most_bytes;
};

std::size_t take_answer(const char* data, std::size_t, std::size_t size, void* target) {
    auto& answer = *static_cast<Answer*>(target);
    if (answer.body.size() + size > answer.most_bytes) return 0;  // ends the transfer
    answer.body.append(data, size);
    return size;
}

int ends_when_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

curl_socket_t open_public_socket(void* refused, curlsocktype, curl_sockaddr* address) {
    if (!is_public_address(address->addr)) {
        *static_cast<std::string*>(refused) = address_text(address->addr);
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_blob(CURL* curl, CURLoption option, const std::string& text) {
    if (text.empty()) return;
    curl_blob blob{.data = const_cast<char*>(text.data()), .len = text.size(), .flags = CURL_BLOB_COPY};
    curl_easy_setopt(curl, option, &blob);
}

}

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)), handle_(nullptr, &curl_easy_cleanup) {}

void HttpClient::set_up() {
    handle_.reset(curl_easy_init());
    if (!handle_) throw NoAnswerException("libcurl has no memory");
    auto* curl = handle_.get();
    const auto& tls = options_.tls;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_answer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &ends_when_stopped);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    if (options_.read_timeout.count() > 0) {
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                         static_cast<long>((options_.connect_timeout + options_.read_timeout).count()));
        // Who has connected has no claim to the time for connecting. libcurl counts silence in seconds.
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(options_.read_timeout);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(seconds.count()));
    }
    if (!options_.proxy.empty()) curl_easy_setopt(curl, CURLOPT_PROXY, options_.proxy.c_str());
    if (options_.public_addresses_only) {
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_public_socket);
    }
    set_blob(curl, CURLOPT_CAINFO_BLOB, tls.trusted_certificates);
    set_blob(curl, CURLOPT_SSLCERT_BLOB, tls.certificate_chain);
    set_blob(curl, CURLOPT_SSLKEY_BLOB, tls.private_key);
    if (!tls.private_key_password.empty()) curl_easy_setopt(curl, CURLOPT_KEYPASSWD, tls.private_key_password.c_str());
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, options_.verify_host_name ? 2L : 0L);
}

HttpAnswer HttpClient::send(const HttpRequest& request, const std::stop_token& stop) {
    if (!handle_) set_up();
    auto* curl = handle_.get();
    Headers headers(nullptr, &curl_slist_free_all);
    for (const auto& line : request.headers) headers.reset(curl_slist_append(headers.release(), line.c_str()));
    Answer answer{.body = {}, .most_bytes = options_.most_answer_bytes};
    auto stop_here = stop;
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);  // forgets the body of the request before
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    if (request.method != "GET") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop_here);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &refused_address_);
    refused_address_.clear();

    if (const auto result = curl_easy_perform(curl); result != CURLE_OK) {
        if (!refused_address_.empty())
            throw PrivateAddressException(fmt::format("URL resolves to non-public address: {}", refused_address_));
        throw NoAnswerException(fmt::format("no answer from {}: {}",
                                            request.shown_url.empty() ? request.url : request.shown_url,
                                            curl_easy_strerror(result)));
    }
    HttpAnswer complete{.status = 0, .body = std::move(answer.body)};
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &complete.status);
    return complete;
}

std::string percent_encoded(std::string_view text) {
    const std::unique_ptr<char, decltype(&curl_free)> encoded(
        curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), &curl_free);
    return encoded ? encoded.get() : "";
}

}
