#include "cluster/wire/sasl.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <iterator>
#include <utility>

namespace millrace::cluster {
namespace {

using Digest = std::vector<unsigned char>;
constexpr int least_iterations = 4096;
constexpr int most_iterations = 10'000'000;  ///< a hostile broker must not keep the control thread busy

const unsigned char* data_of(std::string_view text) {
    return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

std::string base64(const Digest& data) {
    std::string text((data.size() + 2) / 3 * 4 + 1, '\0');
    auto* out = static_cast<unsigned char*>(static_cast<void*>(text.data()));
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(out, data.data(), static_cast<int>(data.size()))));
    return text;
}

Digest from_base64(std::string_view text) {
    Digest data(text.size() / 4 * 3 + 3);
    const int size = EVP_DecodeBlock(data.data(), data_of(text), static_cast<int>(text.size()));
    if (size < 0 || text.size() % 4 != 0) throw AuthenticationException("SCRAM: the broker sent malformed base64");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    data.resize(static_cast<std::size_t>(size) - padding);
    return data;
}

Digest hmac(const EVP_MD* hash, const Digest& key, std::string_view text) {
    Digest result(EVP_MAX_MD_SIZE);
    unsigned int size = 0;
    if (HMAC(hash, key.data(), static_cast<int>(key.size()), data_of(text), text.size(), result.data(), &size) ==
        nullptr)
        throw AuthenticationException("SCRAM: OpenSSL refuses the hash function");
    result.resize(size);
    return result;
}

class PlainClient : public SaslClient {
public:
    PlainClient(const std::string& user, const std::string& password) {
        message_.append(1, '\0').append(user).append(1, '\0').append(password);
    }
    Bytes first() override {
        const auto view = as_bytes(message_);
        return {view.begin(), view.end()};
    }
    std::optional<Bytes> answer(ByteView) override { return std::nullopt; }

private:
    std::string message_;
};

class BearerClient : public SaslClient {
public:
    explicit BearerClient(const std::string& token)
        : message_(
              "n,,\x01"
              "auth=Bearer " +
              token + "\x01\x01") {}
    Bytes first() override {
        const auto view = as_bytes(message_);
        return {view.begin(), view.end()};
    }
    std::optional<Bytes> answer(ByteView challenge) override {
        if (challenge.empty()) return std::nullopt;
        return Bytes{std::byte{1}};  // the error's text is answered so, and the broker then refuses with a code
    }

private:
    std::string message_;
};

class ScramClient : public SaslClient {
public:
    ScramClient(const EVP_MD* hash, const std::string& user, std::string password, std::string nonce)
        : hash_(hash), password_(std::move(password)), nonce_(std::move(nonce)) {
        first_bare_ = "n=" + escaped(user) + ",r=" + nonce_;
    }
    Bytes first() override {
        const std::string message = "n,," + first_bare_;
        const auto view = as_bytes(message);
        return {view.begin(), view.end()};
    }
    std::optional<Bytes> answer(ByteView challenge) override {
        const std::string text = to_text(challenge);
        if (server_signature_.empty()) return prove(text);
        check_server(text);
        return std::nullopt;
    }

private:
    static std::string escaped(const std::string& user) {
        std::string text;
        for (const char c : user) {
            if (c == '=')
                text += "=3D";
            else if (c == ',')
                text += "=2C";
            else
                text += c;
        }
        return text;
    }
    /// The value of "k=..." in a comma-separated message.
    static std::optional<std::string> attribute(std::string_view message, char key) {
        while (!message.empty()) {
            const auto end = message.find(',');
            const auto part = message.substr(0, end);
            if (part.size() >= 2 && part[0] == key && part[1] == '=') return std::string(part.substr(2));
            if (end == std::string_view::npos) break;
            message.remove_prefix(end + 1);
        }
        return std::nullopt;
    }
    Digest salted_password(const Digest& salt, int iterations) const {
        Digest result(static_cast<std::size_t>(EVP_MD_get_size(hash_)));
        if (PKCS5_PBKDF2_HMAC(password_.data(), static_cast<int>(password_.size()), salt.data(),
                              static_cast<int>(salt.size()), iterations, hash_, static_cast<int>(result.size()),
                              result.data()) != 1)
            throw AuthenticationException("SCRAM: OpenSSL refuses to derive the key");
        return result;
    }

    Bytes prove(const std::string& server_first) {
        const auto nonce = attribute(server_first, 'r');
        const auto salt = attribute(server_first, 's');
        const auto count = attribute(server_first, 'i');
        int iterations = 0;
        if (count) std::from_chars(count->data(), count->data() + count->size(), iterations);
        if (!nonce || !salt || !nonce->starts_with(nonce_) || nonce->size() == nonce_.size())
            throw AuthenticationException("SCRAM: the broker's first message does not answer this client's");
        if (iterations < least_iterations || iterations > most_iterations)
            throw AuthenticationException(fmt::format("SCRAM: the broker asks for {} iterations; {} to {} are accepted",
                                                      iterations, least_iterations, most_iterations));

        const Digest salted = salted_password(from_base64(*salt), iterations);
        Digest proof = hmac(hash_, salted, "Client Key");
        Digest stored(static_cast<std::size_t>(EVP_MD_get_size(hash_)));
        EVP_Digest(proof.data(), proof.size(), stored.data(), nullptr, hash_, nullptr);

        const std::string final_bare = "c=biws,r=" + *nonce;
        const std::string auth_message = first_bare_ + "," + server_first + "," + final_bare;
        const Digest signature = hmac(hash_, stored, auth_message);
        for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<unsigned char>(proof[i] ^ signature[i]);
        server_signature_ = hmac(hash_, hmac(hash_, salted, "Server Key"), auth_message);

        const std::string message = final_bare + ",p=" + base64(proof);
        const auto view = as_bytes(message);
        return {view.begin(), view.end()};
    }

    void check_server(const std::string& server_final) const {
        if (const auto error = attribute(server_final, 'e'))
            throw AuthenticationException(fmt::format("SCRAM: the broker refuses: {}", *error));
        const auto verifier = from_base64(attribute(server_final, 'v').value_or(""));
        if (verifier.size() != server_signature_.size() ||
            CRYPTO_memcmp(verifier.data(), server_signature_.data(), verifier.size()) != 0)
            throw AuthenticationException(
                "SCRAM: the broker does not know this user's password; it may be an impostor");
    }

    const EVP_MD* hash_;
    std::string password_;
    std::string nonce_;
    std::string first_bare_;
    Digest server_signature_;  ///< empty until the proof was made
};

}

std::unique_ptr<SaslClient> make_sasl_client(const SecuritySettings& security, FreshCredentials fresh) {
    switch (security.mechanism) {
    case SaslMechanism::Plain:
        return std::make_unique<PlainClient>(security.user, security.password);
    case SaslMechanism::ScramSha256:
        return std::make_unique<ScramClient>(EVP_sha256(), security.user, security.password, std::move(fresh.nonce));
    case SaslMechanism::ScramSha512:
        return std::make_unique<ScramClient>(EVP_sha512(), security.user, security.password, std::move(fresh.nonce));
    case SaslMechanism::OAuthBearer:
        return std::make_unique<BearerClient>(fresh.bearer_token);
    }
    throw AuthenticationException("unknown SASL mechanism");
}

std::string random_nonce() {
    std::array<unsigned char, 18> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw AuthenticationException("OpenSSL has no random numbers");
    return base64({bytes.begin(), bytes.end()});  // base64 has no comma, and 18 bytes leave no padding
}

SecurityProtocol security_protocol_from(std::string_view text) {
    if (text == "PLAINTEXT") return SecurityProtocol::Plaintext;
    if (text == "SSL") return SecurityProtocol::Ssl;
    if (text == "SASL_PLAINTEXT") return SecurityProtocol::SaslPlaintext;
    if (text == "SASL_SSL") return SecurityProtocol::SaslSsl;
    throw ConfigException(
        fmt::format("security.protocol: '{}' is none of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL", text));
}

namespace {
constexpr std::pair<SaslMechanism, std::string_view> mechanisms[] = {
    {SaslMechanism::Plain, "PLAIN"},
    {SaslMechanism::ScramSha256, "SCRAM-SHA-256"},
    {SaslMechanism::ScramSha512, "SCRAM-SHA-512"},
    {SaslMechanism::OAuthBearer, "OAUTHBEARER"},
};
}

SaslMechanism sasl_mechanism_from(std::string_view text) {
    for (const auto& [mechanism, name] : mechanisms)
        if (name == text) return mechanism;
    throw ConfigException(
        fmt::format("sasl.mechanism: '{}' is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER", text));
}

std::string_view to_string(SaslMechanism mechanism) noexcept {
    for (const auto& [candidate, name] : mechanisms)
        if (candidate == mechanism) return name;
    return "";
}

}
