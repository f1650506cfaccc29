/// Finds the handler of a request. Knows paths and methods, and nothing of what handlers do.
///
/// Input   decoded segments. A pattern is "/connectors/{connector}/config"; "{x}" takes any one segment.
/// Output  the route and the texts of its variables. A literal is preferred to a variable.
/// Errors  RoutingException 404 (no such path), 405 (not with this method), 415, 406; MalformedHeaderException.
#pragma once
#include "rest/http/request.hpp"
#include "rest/http/request_target.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::rest {

enum class Body : std::uint8_t {
    Any,       ///< the Content-Type is not looked at
    Optional,  ///< JSON if a Content-Type is given
    Required,  ///< needs a JSON Content-Type, unless there is no body at all
};

/// What the router has to know of a route.
struct RoutePattern {
    std::string_view method;
    std::string_view path;
    Body body = Body::Optional;
    std::string_view produces = "application/json";
};

struct RouteMatch {
    std::size_t index = 0;  ///< of the pattern; meaningless for an OPTIONS answer
    std::vector<std::string> variables = {};
    std::string allow = {};  ///< not empty: answer OPTIONS with these methods, "HEAD, GET, OPTIONS"
};

class Router {
public:
    /// The patterns' texts must outlive the router.
    explicit Router(std::vector<RoutePattern> patterns);
    RouteMatch match(const Request& request, const RequestTarget& target) const;

private:
    struct Compiled {
        RoutePattern pattern;
        std::vector<std::string_view> segments;
    };
    std::vector<const Compiled*> candidates(const RequestTarget& target) const;

    std::vector<Compiled> routes_;
};

/// The answer to OPTIONS: the methods in Allow, and in a body for those who take plain text before anything else.
Response options_response(const std::string& methods, std::string_view accept);

}
