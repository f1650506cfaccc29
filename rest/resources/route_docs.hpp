/// What the reference pages and /openapi.json say of each route.
#pragma once
#include "rest/resources/services.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millrace::rest {

/// A status that a request is answered with, and the schema of its body ("": none).
struct DocumentedAnswer {
    int status;
    std::string_view schema;
};

struct RouteDoc {
    std::string_view method;
    std::string_view path;
    std::string_view summary;              ///< one sentence
    std::string_view request_schema = {};  ///< of the body; empty: there is none
    std::span<const DocumentedAnswer> answers = {};
    std::string_view query = {};  ///< names of parameters, parted by blanks
};

/// Aborts for a route that has none: there is a row for each.
const RouteDoc& doc_of(const Route& route) noexcept;

/// The routes of the main listeners, in the order in which they are tried. `with_admin`: /admin is among them.
std::vector<Route> main_routes(bool with_admin);

/// An OpenAPI 3.0 document of these routes.
std::string openapi_document(std::span<const Route> routes, std::string_view version);

}
