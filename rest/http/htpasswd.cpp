#include "rest/http/htpasswd.hpp"

#include "connectors/api/config_def.hpp"

#include <crypt.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>

namespace millrace::rest {

namespace {

constexpr std::array<std::string_view, 6> accepted{"$2y$", "$2b$", "$2a$", "$y$", "$6$", "$5$"};
/// Of no password that anybody knows: a user that there is not takes as long as one that there is.
constexpr const char* nobodys_hash = "$2b$10$CwTycUXWue0Thq9StjUM0um4LnmWeNsdlIe04jzNJ0jJXPNTan3um";

bool matches(const std::string& password, const std::string& hash) {
    const auto data = std::make_unique<crypt_data>();
    const char* made = ::crypt_r(password.c_str(), hash.c_str(), data.get());
    return made != nullptr && hash.size() == std::string_view(made).size() &&
           CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
}

}

Htpasswd::Htpasswd(std::string_view text, std::string_view source) {
    for (int line = 1; !text.empty(); ++line) {
        const auto entry = trim(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
        if (entry.empty() || entry.front() == '#') continue;
        const auto colon = entry.find(':');
        const auto hash = colon == std::string_view::npos ? "" : entry.substr(colon + 1);
        const bool known = std::ranges::any_of(accepted, [&](std::string_view kind) { return hash.starts_with(kind); });
        if (colon == 0 || !known) {
            throw ConfigException(
                fmt::format("{}, line {}: not user:hash with a hash of bcrypt; make it with 'htpasswd -B {} USER'",
                            source, line, source));
        }
        hashes_.insert_or_assign(std::string(entry.substr(0, colon)), std::string(hash));
    }
}

Htpasswd Htpasswd::read(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw ConfigException(fmt::format("millrace.rest.htpasswd.file: {} cannot be read", path));
    return {std::string(std::istreambuf_iterator<char>(file), {}), path};
}

bool Htpasswd::verify(const std::string& user, const std::string& password) const {
    const auto found = hashes_.find(user);
    // What comes behind a zero byte would not be looked at.
    const bool whole = password.find('\0') == std::string::npos;
    return matches(password, found == hashes_.end() ? nobodys_hash : found->second) && found != hashes_.end() && whole;
}

std::string Htpasswd::hash_of(const std::string& user) const {
    const auto found = hashes_.find(user);
    return found == hashes_.end() ? "" : found->second;
}

}
