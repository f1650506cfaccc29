#include "connectors/registry/login_headers.hpp"

#include "connectors/support/text.hpp"

namespace millrace::registry {

std::vector<std::string> LoginHeaders::get(const std::stop_token& stop) {
    if (!login_.user_info.empty()) return {"Authorization: Basic " + to_base64(login_.user_info)};
    auto token = login_.token;
    if (login_.oauth) {
        if (token_.empty() || now_() >= fresh_until_) {
            auto fetched = fetch_oauth_token(*login_.oauth, stop);
            token_ = std::move(fetched.value);
            const auto margin = login_.token_margin < fetched.lifetime ? login_.token_margin : std::chrono::seconds{0};
            fresh_until_ = now_() + fetched.lifetime - margin;
        }
        token = token_;
    }
    if (token.empty()) return {};
    auto headers = login_.more_headers;
    headers.push_back("Authorization: Bearer " + token);
    return headers;
}

bool LoginHeaders::renew() {
    if (token_.empty()) return false;
    token_.clear();
    return true;
}

}
