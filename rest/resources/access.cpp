#include "rest/resources/access.hpp"

#include "cluster/async/await_callback.hpp"
#include "rest/http/error_response.hpp"
#include "worker/runtime/plugin_thread.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <utility>

namespace millrace::rest {

namespace {

constexpr std::size_t key_bytes = 32;

Response unauthorized() {
    auto response = error_response(401, "Who you are is to be proven with a user's name and password");
    response.headers.add("WWW-Authenticate", "Basic realm=\"Kafka Connect\", charset=\"UTF-8\"");
    return response;
}

std::string random_key() {
    std::string key(key_bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1) {
        throw ConnectException("No random numbers are to be had for the REST server's passwords");
    }
    return key;
}

/// True if the file is another one than at `last`, which then is its time.
bool changed(const std::string& path, std::filesystem::file_time_type& last) {
    std::error_code error;
    const auto now = std::filesystem::last_write_time(path, error);
    return !error && std::exchange(last, now) != now;
}

std::string user_of(const Request& request) {
    const auto credentials = credentials_of(request);
    return credentials ? credentials->user : std::string();
}

}

Access::Access(AccessOptions options, Logger logger)
    : options_(std::move(options)),
      logger_(std::move(logger)),
      key_(random_key()),
      thread_(std::make_unique<worker::PluginThread>()) {
    if (!options_.htpasswd_file.empty()) {
        changed(options_.htpasswd_file, users_read_);
        users_ = std::make_shared<const Htpasswd>(Htpasswd::read(options_.htpasswd_file));
    }
    if (!options_.roles_file.empty()) {
        changed(options_.roles_file, roles_read_);
        roles_ = Roles::read(options_.roles_file);
    }
}

Access::~Access() = default;

void Access::refresh() {
    try {
        if (!options_.htpasswd_file.empty() && changed(options_.htpasswd_file, users_read_)) {
            users_ = std::make_shared<const Htpasswd>(Htpasswd::read(options_.htpasswd_file));
            proven_.clear();
            logger_.info("Read the users in {} again", options_.htpasswd_file);
        }
        if (!options_.roles_file.empty() && changed(options_.roles_file, roles_read_)) {
            roles_ = Roles::read(options_.roles_file);
            logger_.info("Read the roles in {} again", options_.roles_file);
        }
    } catch (const ConfigException& e) {
        logger_.error("{}; what was read before goes on to count", e.what());
    }
}

/// Of user, password and hash: it does not hold for another password or a changed one.
std::string Access::digest(const Credentials& credentials) const {
    const auto text = credentials.user + '\0' + credentials.password + '\0' + users_->hash_of(credentials.user);
    std::string made(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), reinterpret_cast<unsigned char*>(made.data()), &size);
    made.resize(size);
    return made;
}

/// Each check takes its time: who guesses must not keep others waiting.
asio::awaitable<bool> Access::check(Credentials credentials, std::string client) {
    if (checking_[client] >= most_checks) {
        throw RestException(429, "Too many passwords from this address wait to be checked: try again");
    }
    ++checking_[client];
    const auto checked = [this, client](const void*) {
        if (--checking_[client] == 0) checking_.erase(client);
    };
    const std::unique_ptr<const void, decltype(checked)> entry(this, checked);
    using Done = std::function<void(std::exception_ptr, bool)>;
    const std::function<void(Done)> begin = [this, users = users_, credentials](Done done) {
        thread_->post([users, credentials, done = std::move(done)] {
            done(nullptr, users->verify(credentials.user, credentials.password));
        });
    };
    const bool right = co_await cluster::await_callback<bool>(begin);
    co_return right;
}

asio::awaitable<std::optional<Response>> Access::authenticate(const Request& request) {
    refresh();
    if (!users_) co_return std::nullopt;
    const auto credentials = credentials_of(request);
    if (!credentials) co_return unauthorized();
    const auto proof = digest(*credentials);
    if (const auto known = proven_.find(credentials->user); known != proven_.end() && known->second == proof) {
        co_return std::nullopt;
    }
    const bool right = co_await check(*credentials, request.client);
    if (!right) {
        logger_.warn("Refused the password of '{}' from {}", credentials->user, request.client);
        co_return unauthorized();
    }
    proven_[credentials->user] = proof;
    co_return std::nullopt;
}

void Access::authorize(const Request& request, Action action, std::optional<std::string_view> connector) {
    if (options_.roles_file.empty()) return;
    const auto user = user_of(request);
    if (roles_.may(user, action, connector)) return;
    throw RestException(
        403, connector ? fmt::format("The user '{}' may not {} the connector {}", user, to_string(action), *connector)
                       : fmt::format("The user '{}' may not {} what concerns all connectors", user, to_string(action)));
}

bool Access::may_read(const Request& request, std::string_view connector) const {
    return options_.roles_file.empty() || roles_.may(user_of(request), Action::Read, connector);
}

}
