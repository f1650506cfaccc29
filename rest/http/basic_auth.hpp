/// HTTP Basic authentication against a table of users.
///
/// Output  none for a request that is admitted, else the 401 that Kafka Connect's BasicAuthSecurityRestExtension gives.
/// Throws  RestException 500 for credentials that are no base64.
/// Facts   KIP-285; RFC 7617 for the header. An empty table admits everybody.
#pragma once
#include "connectors/api/config_def.hpp"
#include "rest/http/request.hpp"

#include <optional>

namespace millrace::rest {

struct Credentials {
    std::string user;
    std::string password;
};
/// What the Authorization header says; none if there is none of the scheme Basic, or no user in it. Throws
/// RestException 500 for what is no base64.
std::optional<Credentials> credentials_of(const Request& request);

class BasicAuth {
public:
    /// Passwords by user.
    explicit BasicAuth(Settings users) : users_(std::move(users)) {}
    std::optional<Response> refuse(const Request& request) const;

private:
    bool knows(const std::string& user, std::string_view password) const;

    Settings users_;
};

}
