#include "rest/http/cross_origin.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/support/text.hpp"

#include <algorithm>

namespace millrace::rest {

CrossOrigin::CrossOrigin(std::string_view origins, std::string_view methods)
    : on_(!trim(origins).empty()), methods_(trim(methods).empty() ? "GET,POST,HEAD" : methods) {
    if (!on_) return;
    for (const auto& origin : split_list(origins)) {
        if (origin == "*") {
            any_ = true;
        } else {
            origins_.emplace_back(origin, RegexOptions{.case_insensitive = true});
        }
    }
}

/// A client that was sent on by another site may name several, with blanks between them; one that is known is enough.
bool CrossOrigin::allows(std::string_view origin) const {
    if (any_) return true;
    const auto known = [this](std::string_view one) {
        return std::ranges::any_of(origins_, [&](const Regex& expression) { return expression.matches(one); });
    };
    return std::ranges::any_of(java_split(origin, ' '), known);
}

void CrossOrigin::apply(const Request& request, Headers& answer) const {
    if (!on_) return;
    answer.add("Vary", "Origin");
    const auto* origin = request.headers.find("Origin");
    if (origin == nullptr || !allows(*origin)) return;
    answer.set("Access-Control-Allow-Origin", *origin);
    const bool preflight =
        request.method == "OPTIONS" && request.headers.find("Access-Control-Request-Method") != nullptr;
    if (!preflight) return;
    answer.set("Access-Control-Allow-Methods", methods_);
    answer.set("Access-Control-Allow-Headers", "Content-Type");
    answer.set("Access-Control-Max-Age", "60");
}

}
