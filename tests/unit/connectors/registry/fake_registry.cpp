#include "tests/unit/connectors/registry/fake_registry.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::registry {

namespace {

constexpr FakeAnswer not_found() { return {404, R"({"error_code":40403,"message":"Schema not found"})"}; }

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

}

FakeRegistry::FakeRegistry() : server_([this](const SeenRequest& request) { return answer(request); }) {}

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

FakeAnswer FakeRegistry::answer(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
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
