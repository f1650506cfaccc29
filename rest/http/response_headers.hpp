/// Headers that a worker's setting puts into every answer.
///
/// Input   "set X-Frame-Options: DENY, \"add Cache-Control: no-cache, no-store\", setDate Expires: 60000": actions set,
///         add, setDate and addDate; an entry with a comma in it stands in double quotes; dates are milliseconds from
///         the time of the answer.
/// Throws  ConfigException with Kafka Connect's texts.
/// Facts   KIP-577, response.http.headers.config.
#pragma once
#include "rest/http/request.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::rest {

class ResponseHeaders {
public:
    ResponseHeaders() = default;
    explicit ResponseHeaders(std::string_view config);
    void apply(Headers& headers, std::chrono::system_clock::time_point now) const;

private:
    struct Rule {
        bool replaces = false;  ///< set, setDate
        bool is_date = false;
        std::string name;
        std::string value = {};
        std::chrono::milliseconds from_now{0};
    };
    static Rule parse_rule(std::string_view entry);

    std::vector<Rule> rules_;
};

}
