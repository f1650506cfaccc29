/// The way of a request up to its handler: whatever a client sends, a route, or a refusal that has a status.
///
/// Input  "METHOD TARGET", lines "Name: value", an empty line, the body.
#include "rest/http/basic_auth.hpp"
#include "rest/http/error_response.hpp"
#include "rest/http/htpasswd.hpp"
#include "rest/resources/request_body.hpp"
#include "rest/resources/roles.hpp"
#include "rest/resources/route_docs.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace millrace;
using namespace millrace::rest;

namespace {

std::string_view cut(std::string_view& text, char end) {
    const auto part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

Request read(std::string_view text) {
    auto line = cut(text, '\n');
    Request request{.method = std::string(cut(line, ' ')), .target = std::string(line)};
    for (line = cut(text, '\n'); !line.empty(); line = cut(text, '\n')) {
        const auto name = cut(line, ':');
        request.headers.add(std::string(name), std::string(trim(line)));
    }
    request.body = text;
    return request;
}

/// Statuses are HTTP's; other exceptions end the fuzzer.
template <class Work>
void refused_or(Work work) {
    try {
        work();
    } catch (const RestException& e) {
        if (e.status < 400 || e.status > 599) std::abort();
    } catch (const DataException&) {    // NOLINT(bugprone-empty-catch): an answer, too
    } catch (const ConfigException&) {  // NOLINT(bugprone-empty-catch)
    }
}

const RoutePattern* route_of(const Request& request, const RequestTarget& target) {
    static const auto routes = main_routes(true);
    static const auto patterns = [] {
        std::vector<RoutePattern> all;
        for (const auto& route : routes) all.push_back({route.method, route.path, route.body, route.produces});
        return all;
    }();
    static const Router router(patterns);
    const auto match = router.match(request, target);
    return match.allow.empty() ? &patterns.at(match.index) : nullptr;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto request = read(text);
    refused_or([&] {
        const auto parsed = parse_target(request.target, AmbiguousPaths::Accept);
        const auto* target = std::get_if<RequestTarget>(&parsed);
        if (target == nullptr) return;
        const auto* route = route_of(request, *target);
        if (route != nullptr) required_action(route->method, route->path);
    });
    refused_or([&] { credentials_of(request); });
    refused_or([&] { parse_create_request(request.body); });
    refused_or([&] { parse_config(request.body); });
    refused_or([&] { parse_task_configs(request.body); });
    refused_or([&] { parse_offsets(request.body); });
    refused_or([&] { Htpasswd(text, "users"); });
    return 0;
}
