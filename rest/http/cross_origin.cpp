#include "rest/http/cross_origin.hpp"

#include "connectors/api/config_def.hpp"

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

bool CrossOrigin::allows(std::string_view origin) const {
    return any_ || std::ranges::any_of(origins_, [&](const Regex& known) { return known.matches(origin); });
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
