/// What a request says of the bodies it sends and takes, as far as an API that speaks JSON alone cares.
#pragma once
#include <string_view>

namespace millrace::rest {

/// A Content-Type is JSON: "application/json", parameters and case aside, or a wildcard that admits it.
bool is_json(std::string_view content_type) noexcept;
/// An Accept header admits `type` ("application/json"): absent (empty) and wildcards do; "q=0" refuses.
bool accepts(std::string_view accept, std::string_view type) noexcept;

}
