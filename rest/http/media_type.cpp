#include "rest/http/media_type.hpp"

#include "connectors/api/config_def.hpp"
#include "rest/http/request.hpp"

#include <algorithm>

namespace millrace::rest {

namespace {

/// `range` ("application/*") covers `type`.
bool covers(std::string_view range, std::string_view type) noexcept {
    if (range == "*/*" || range == "*" || equal_ignoring_case(range, type)) return true;
    const auto slash = range.find('/');
    return slash != std::string_view::npos && range.substr(slash) == "/*" &&
           equal_ignoring_case(range.substr(0, slash + 1), type.substr(0, slash + 1));
}

/// "; q=0", "; q=0.000": not acceptable.
bool has_zero_quality(std::string_view parameters) noexcept {
    while (!parameters.empty()) {
        parameters.remove_prefix(1);
        const auto one = trim(parameters.substr(0, parameters.find(';')));
        if (one.size() >= 3 && equal_ignoring_case(one.substr(0, 2), "q=")) {
            return one.find_first_not_of("0.", 2) == std::string_view::npos;
        }
        parameters.remove_prefix(std::min(parameters.find(';'), parameters.size()));
    }
    return false;
}

}

bool is_json(std::string_view content_type) noexcept {
    return covers(trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

bool accepts(std::string_view accept, std::string_view type) noexcept {
    if (trim(accept).empty()) return true;
    while (!accept.empty()) {
        const auto range = accept.substr(0, accept.find(','));
        accept.remove_prefix(std::min(range.size() + 1, accept.size()));
        const auto semicolon = std::min(range.find(';'), range.size());
        if (covers(trim(range.substr(0, semicolon)), type) && !has_zero_quality(range.substr(semicolon))) return true;
    }
    return false;
}

}
