/// The headers with which a client of a registry says who it is. A token of an identity provider is kept until its end
/// is near.
///
/// Threads  One at a time; get() may ask the provider, and throws what fetch_oauth_token throws.
#pragma once
#include "connectors/registry/registry_config.hpp"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::registry {

class LoginHeaders {
public:
    using Clock = std::chrono::steady_clock;
    LoginHeaders(RegistryLogin login, std::function<Clock::time_point()> now)
        : login_(std::move(login)), now_(std::move(now)) {}

    std::vector<std::string> get(const std::stop_token& stop);
    /// The registry refused the token: the next get() asks for another. False if there is no other to be had.
    bool renew();

private:
    RegistryLogin login_;
    std::function<Clock::time_point()> now_;
    std::string token_;  ///< of the provider
    Clock::time_point fresh_until_{};
};

}
