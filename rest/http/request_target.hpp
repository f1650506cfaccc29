/// Reads the target of a request line: path segments, each percent-decoded once, and query parameters.
///
/// Input   "/connectors/a%20b/config?forward=true", or the absolute form "http://host/path". '+' in a path stays '+';
///         what follows a raw ';' in a segment is a matrix parameter and is left out; one trailing slash is left out.
/// Errors  Refusal, with the sentence that the error page shows.
/// Facts   RFC 3986 section 3.3; Kafka Connect 4.3 refuses escapes of '/', '%' and '\' that AmbiguousPaths::Accept
///         serves, so that connectors with such names can be addressed.
#pragma once
#include "rest/http/request.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::rest {

struct RequestTarget {
    std::vector<std::string> segments;  ///< decoded; none for "/"
    Query query;
};
struct TargetRefusal {
    std::string reason;       ///< "Ambiguous URI empty segment"
    bool any_method = false;  ///< whether there is a page for every method
};
enum class AmbiguousPaths : std::uint8_t { Accept, Refuse };

std::variant<RequestTarget, TargetRefusal> parse_target(std::string_view target, AmbiguousPaths ambiguous);

/// Percent-decodes once; none if an escape is bad.
std::optional<std::string> percent_decode(std::string_view text);
/// A path segment that parse_target reads back as `text`, whatever it holds.
std::string encode_segment(std::string_view text);
/// The same as java.net's path encoding: what may stand in a path stays, ';' included. For Location headers.
std::string encode_for_location(std::string_view text);

}
