/// Who asks, and whether he may: users of an htpasswd file, and roles. Both files are read again when they change.
///
/// Threads  The control thread. Passwords are checked on another one, since bcrypt takes its time; what was right once
///          is remembered as a keyed digest, so that a client pays for it once.
/// Limits   As many passwords as `most_checks` of one address wait to be checked; more are refused with 429.
/// Errors   401, 403 and 429 as {"error_code":..., "message":...}. The constructor throws ConfigException for a file
/// that will
///          not do; later such a file is logged, and what was read before goes on to count.
#pragma once
#include "connectors/api/log.hpp"
#include "rest/http/basic_auth.hpp"
#include "rest/http/htpasswd.hpp"
#include "rest/resources/roles.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace millrace::worker {
class PluginThread;
}

namespace millrace::rest {

namespace asio = boost::asio;

struct AccessOptions {
    std::string htpasswd_file = {};  ///< empty: passwords are not this class's business
    std::string roles_file = {};     ///< empty: everybody may everything
};

class Access {
public:
    static constexpr int most_checks = 8;

    Access(AccessOptions options, Logger logger);
    ~Access();
    Access(const Access&) = delete;
    Access& operator=(const Access&) = delete;

    /// None for a user who is who he says he is, else the 401.
    asio::awaitable<std::optional<Response>> authenticate(const Request& request);
    /// Throws RestException 403.
    void authorize(const Request& request, Action action, std::optional<std::string_view> connector);
    bool may_read(const Request& request, std::string_view connector) const;

private:
    void refresh();
    asio::awaitable<bool> check(Credentials credentials, std::string client);
    std::string digest(const Credentials& credentials) const;

    AccessOptions options_;
    Logger logger_;
    std::shared_ptr<const Htpasswd> users_;
    Roles roles_;
    std::filesystem::file_time_type users_read_{};
    std::filesystem::file_time_type roles_read_{};
    std::string key_;                            ///< of the digests
    std::map<std::string, std::string> proven_;  ///< by user
    std::map<std::string, int> checking_;        ///< passwords that wait to be checked, by the client's address
    std::unique_ptr<worker::PluginThread> thread_;
};

}
