#include "rest/http/router.hpp"

#include "rest/http/error_response.hpp"
#include "rest/http/media_type.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace millrace::rest {

namespace {

/// The order in which OPTIONS lists methods: that of a Java HashSet of them, which recorded answers have.
constexpr std::array<std::string_view, 7> listed_methods{"HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"};

bool is_variable(std::string_view segment) noexcept { return segment.starts_with('{'); }

std::vector<std::string_view> split_path(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(1);
    while (!path.empty()) {
        const auto segment = path.substr(0, path.find('/'));
        segments.push_back(segment);
        path.remove_prefix(std::min(segment.size() + 1, path.size()));
    }
    return segments;
}

bool matches(const std::vector<std::string_view>& pattern, const std::vector<std::string>& segments) noexcept {
    return std::ranges::equal(pattern, segments, [](std::string_view want, std::string_view got) {
        return is_variable(want) || want == got;
    });
}

/// None where the header is absent. A Content-Type that is there and empty is malformed.
std::optional<MediaType> content_type_of(const Request& request) {
    const auto header = request.headers.joined("Content-Type");
    if (!header) return std::nullopt;
    auto type = parse_content_type(*header);
    if (!type) throw MalformedHeaderException("Content-Type");
    return type;
}

std::vector<MediaType> accepted_by(const Request& request) {
    auto ranges = parse_accept(request.headers.joined("Accept").value_or(""));
    if (!ranges) throw MalformedHeaderException("Accept");
    return *std::move(ranges);
}

/// 415 and 406, which speak of the chosen route.
void check_media_types(const RoutePattern& route, const Request& request, const std::optional<MediaType>& type) {
    constexpr std::string_view json = "application/json";
    if (route.body != Body::Any && type && !type->covers(json)) throw RoutingException(415);
    const auto accepted = accepted_by(request);
    const auto admits = [&](const MediaType& range) { return range.covers(route.produces); };
    if (std::ranges::none_of(accepted, admits)) throw RoutingException(406);
    const bool is_json = type ? !type->has_wildcard() : request.body.empty();
    if (route.body == Body::Required && !is_json) throw RestException(415, status_message(415));
}

}

Router::Router(std::vector<RoutePattern> patterns) {
    routes_.reserve(patterns.size());
    for (const auto& pattern : patterns) routes_.push_back({pattern, split_path(pattern.path)});
}

std::vector<const Router::Compiled*> Router::candidates(const RequestTarget& target) const {
    std::vector<const Compiled*> found;
    const auto variables = [](const Compiled* route) { return std::ranges::count_if(route->segments, is_variable); };
    for (const auto& route : routes_) {
        if (!matches(route.segments, target.segments)) continue;
        if (!found.empty() && variables(&route) > variables(found.front())) continue;
        if (!found.empty() && variables(&route) < variables(found.front())) found.clear();
        found.push_back(&route);
    }
    return found;
}

RouteMatch Router::match(const Request& request, const RequestTarget& target) const {
    const auto type = content_type_of(request);
    const auto found = candidates(target);
    if (found.empty()) throw RoutingException(404);
    const auto offers = [&](std::string_view method) {
        return std::ranges::find(found, method, [](const Compiled* r) { return r->pattern.method; });
    };
    if (request.method == "OPTIONS") {
        RouteMatch options;
        for (const auto method : listed_methods) {
            const bool implied = method == "OPTIONS" || (method == "HEAD" && offers("GET") != found.end());
            if (!implied && offers(method) == found.end()) continue;
            options.allow += (options.allow.empty() ? "" : ", ") + std::string(method);
        }
        return options;
    }
    const auto chosen = offers(request.method == "HEAD" ? "GET" : request.method);
    if (chosen == found.end()) throw RoutingException(405);
    check_media_types((*chosen)->pattern, request, type);
    RouteMatch match{.index = static_cast<std::size_t>(*chosen - routes_.data())};
    for (std::size_t i = 0; i < target.segments.size(); ++i) {
        if (is_variable((*chosen)->segments[i])) match.variables.push_back(target.segments[i]);
    }
    return match;
}

Response options_response(const std::string& methods, std::string_view accept) {
    const auto ranges = parse_accept(accept);
    if (!ranges) throw MalformedHeaderException("Accept");
    const auto& best = *std::ranges::max_element(*ranges, {}, &MediaType::quality);
    const bool plain = best.covers("text/plain");
    Response response{.body = plain ? methods : ""};
    std::string allow = methods;
    std::erase(allow, ' ');
    response.headers.add("Allow", std::move(allow));
    response.headers.add("Content-Type", plain ? "text/plain" : best.text());
    return response;
}

}
