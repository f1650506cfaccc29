/// What browsers of other origins may do (CORS).
///
/// Input   origins: regular expressions parted by commas, each for a whole origin in any case of its letters; "*" is
///         any; empty: none, and no answer changes. Methods: names parted by commas; empty: GET, POST and HEAD.
/// Output  headers of the answer. A request is never refused: that is the browser's part.
/// Facts   access.control.allow.origin and access.control.allow.methods of Kafka Connect 4.3.
#pragma once
#include "connectors/support/regex.hpp"
#include "rest/http/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::rest {

class CrossOrigin {
public:
    CrossOrigin() = default;
    /// Throws ConfigException for what is no regular expression.
    CrossOrigin(std::string_view origins, std::string_view methods);
    void apply(const Request& request, Headers& answer) const;

private:
    bool allows(std::string_view origin) const;

    bool on_ = false;
    bool any_ = false;
    std::vector<Regex> origins_;
    std::string methods_;
};

}
