#include "tests/unit/connectors/registry/fake_registry.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/text.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace millrace::registry {

namespace {

constexpr FakeAnswer not_found() { return {404, R"({"error_code":40403,"message":"Schema not found"})"}; }

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

std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            out += from_hex(text.substr(i + 1, 2)).value_or("?");
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
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

FakeRegistry::FakeRegistry() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
        throw std::runtime_error("the fake registry cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
}

FakeRegistry::~FakeRegistry() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

std::string FakeRegistry::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

void FakeRegistry::go_wrong(Trouble trouble) {
    const std::lock_guard lock(mutex_);
    trouble_ = std::move(trouble);
}

void FakeRegistry::give_guids() {
    const std::lock_guard lock(mutex_);
    guids_ = true;
}

std::string FakeRegistry::guid_of(int id) { return fmt::format("89791762-2336-4186-9674-{:012x}", id); }

std::string FakeRegistry::id_and_guid(int id) const {
    return guids_ ? fmt::format(R"("id":{},"guid":"{}")", id, guid_of(id)) : fmt::format(R"("id":{})", id);
}

std::vector<SeenRequest> FakeRegistry::seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
}

std::string FakeRegistry::text_of(int id) {
    const std::lock_guard lock(mutex_);
    return schemas_.at(static_cast<std::size_t>(id - 1)).first;
}

int FakeRegistry::add(const std::string& subject, const std::string& schema, const std::string& more) {
    const std::lock_guard lock(mutex_);
    return add_locked(subject, schema, more);
}

int FakeRegistry::add_locked(const std::string& subject, const std::string& schema, const std::string& more) {
    auto found = std::ranges::find(schemas_, schema, [](const auto& known) { return known.first; });
    if (found == schemas_.end()) found = schemas_.insert(schemas_.end(), {schema, more});
    const int id = static_cast<int>(found - schemas_.begin()) + 1;
    const auto same = [&](const Version& version) { return version.subject == subject && version.id == id; };
    if (std::ranges::none_of(versions_, same)) {
        const auto known = std::ranges::count(versions_, subject, &Version::subject);
        versions_.push_back({subject, id, static_cast<int>(known) + 1});
    }
    return id;
}

void FakeRegistry::serve() {
    for (;;) {
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        answer_one(connection);
        ::close(connection);
    }
}

void FakeRegistry::answer_one(int connection) {
    auto text =
        receive(connection, "", [](const std::string& got) { return got.find("\r\n\r\n") != std::string::npos; });
    const auto head_end = text.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    auto request = parse_head(text.substr(0, head_end + 2));
    const auto length = request.headers.contains("content-length") ? std::stoul(request.headers["content-length"]) : 0;
    request.body =
        receive(connection, text.substr(head_end + 4), [&](const std::string& got) { return got.size() >= length; });
    const auto answered = answer(request);
    if (answered.status == 0) return;  // hangs up
    const auto reply = fmt::format(
        "HTTP/1.1 {} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        answered.status, answered.body.size(), answered.body);
    ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
}

FakeAnswer FakeRegistry::answer(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request);
    if (trouble_) {
        if (auto instead = trouble_(request)) return *instead;
    }
    const auto path = decoded(request.path.substr(0, request.path.find('?')));
    return request.method == "POST" ? post(request, path) : get(path);
}

std::string FakeRegistry::described(const Version& version) const {
    const auto& [text, more] = schemas_[static_cast<std::size_t>(version.id - 1)];
    std::string body = fmt::format(R"({{{},"version":{},"schema":)", id_and_guid(version.id), version.version);
    json::append_string(body, text);
    return body + more + "}";
}

FakeAnswer FakeRegistry::post(const SeenRequest& request, const std::string& path) {
    const json::Document body(request.body);
    const std::string schema(body.root().find("schema")->text());
    const std::string prefix = "/subjects/";
    const bool registers = path.ends_with("/versions");
    const auto subject = path.substr(prefix.size(), path.size() - prefix.size() - (registers ? 9 : 0));
    std::string more;
    for (const auto* name : {"schemaType", "references"}) {
        const auto* member = body.root().find(name);
        if (member == nullptr) continue;
        more += fmt::format(",\"{}\":", name);
        json::append_node(more, *member);
    }
    if (registers) return {200, "{" + id_and_guid(add_locked(subject, schema, more)) + "}"};
    for (const auto& version : versions_) {
        if (version.subject == subject && schemas_[static_cast<std::size_t>(version.id - 1)].first == schema)
            return {200, described(version)};
    }
    return not_found();
}

FakeAnswer FakeRegistry::get(const std::string& path) {
    if (path.starts_with("/schemas/ids/")) {
        const auto id = std::stoul(path.substr(13));
        if (id == 0 || id > schemas_.size())
            return {404, fmt::format(R"({{"error_code":40403,"message":"Schema {} not found"}})", id)};
        return {200, described({"", static_cast<int>(id), 0})};
    }
    for (int id = 1; guids_ && id <= static_cast<int>(schemas_.size()); ++id) {
        if (path == "/schemas/guids/" + guid_of(id)) return {200, described({"", id, 0})};
    }
    const auto versions = path.find("/versions/");
    if (!path.starts_with("/subjects/") || versions == std::string::npos) return not_found();
    const auto wanted = path.substr(versions + 10);
    const Version* found = nullptr;
    for (const auto& version : versions_) {
        if (version.subject == path.substr(10, versions - 10) &&
            (wanted == "latest" || std::to_string(version.version) == wanted))
            found = &version;
    }
    return found != nullptr ? FakeAnswer{200, described(*found)} : not_found();
}

}
