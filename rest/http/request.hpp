/// A request and a response as the rest of REST sees them: no library type, no connection.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::rest {

/// Header fields in their order; names compare without case.
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    void add(std::string name, std::string value);
    void set(std::string_view name, std::string value);
    /// The first field of that name, or null.
    const std::string* find(std::string_view name) const noexcept;
    /// All fields of that name as one list; none if there is no such field.
    std::optional<std::string> joined(std::string_view name) const;
    const std::vector<Field>& fields() const noexcept { return fields_; }

private:
    std::vector<Field> fields_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Decoded name and value of each query parameter, in their order.
using Query = std::vector<std::pair<std::string, std::string>>;
/// The first value of that name, or none.
std::optional<std::string_view> find(const Query& query, std::string_view name) noexcept;

struct Request {
    std::string method;  ///< as sent: "GET"
    std::string target;  ///< as sent: "/connectors?expand=info"
    Headers headers = {};
    std::string body = {};
    std::string client = {};  ///< the peer's address, without port
    bool secure = false;      ///< came over https
    bool from_peer = false;   ///< came from a worker of this group that has proven who it is
    bool admin = false;       ///< came by a listener of its own for /admin
};

struct Response {
    int status = 200;
    Headers headers = {};
    std::string body = {};
    bool close = false;  ///< end the connection after it
};

/// A response with a JSON body.
Response json_response(int status, std::string body);
/// A status without a body.
Response empty_response(int status);
/// "Not Found"; of 500 "Server Error". "" for a number that has no name.
std::string_view reason_phrase(int status) noexcept;

}
