/// The users of a file that Apache's htpasswd makes: user:hash a line, # for comments.
///
/// Input   hashes of crypt(3) that salt and slow down: bcrypt ($2y$, $2b$, $2a$), yescrypt, SHA-512 and SHA-256.
/// Throws  ConfigException naming file and line for anything else, plain passwords and Apache's own MD5 among them.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace millrace::rest {

class Htpasswd {
public:
    Htpasswd() = default;
    Htpasswd(std::string_view text, std::string_view source);
    static Htpasswd read(const std::string& path);

    /// Takes tens of milliseconds, also for a user that there is not. From any thread.
    bool verify(const std::string& user, const std::string& password) const;
    /// None ("") for a user that there is not.
    std::string hash_of(const std::string& user) const;
    bool empty() const noexcept { return hashes_.empty(); }

private:
    std::map<std::string, std::string, std::less<>> hashes_;
};

}
