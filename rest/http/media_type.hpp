/// What a request says of the bodies it sends and takes, as far as an API that speaks JSON alone cares.
///
/// Facts   RFC 9110, 8.3.1 and 12.5.1, read as Kafka Connect's HTTP library does: a quality of 0 refuses nothing, and
///         "application" in Accept stands for "application/*".
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::rest {

/// One range of an Accept header, or the type of a body.
struct MediaType {
    std::string type;               ///< "application"; "*" for any
    std::string subtype;            ///< "json"; "*" for any
    std::string parameters = {};    ///< ";charset=utf-8", without q
    std::string quality_text = {};  ///< "q" as it came, ";q=0.5"; empty without one
    double quality = 1;

    bool covers(std::string_view type_and_subtype) const noexcept;
    bool has_wildcard() const noexcept { return type == "*" || subtype == "*"; }
    std::string text() const;  ///< "application/json;charset=utf-8;q=0.5"
};

/// A Content-Type. None for what is none: "json", "a/b, c/d".
std::optional<MediaType> parse_content_type(std::string_view text);
/// The ranges of an Accept header in their order; an empty one admits everything. None for what is none: "a/b/c".
/// "x;q=2".
std::optional<std::vector<MediaType>> parse_accept(std::string_view text);

/// `produced` ("application/json") with the parameters of the range that asks for just that.
std::string negotiated(std::string_view produced, std::string_view accept);

}
