#include "cluster/async/peer_identity.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/tls/pem.hpp"

#include <boost/asio/ssl/context.hpp>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <span>

namespace millrace::cluster {
namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr long lifetime_seconds = 60L * 60 * 24 * 365 * 100;  ///< nothing depends on it: a restart renews

void require(bool good, const char* what) {
    if (!good) throw ConnectException(std::string("Cannot make this worker's identity towards its peers: ") + what);
}

CertificatePtr self_signed(EVP_PKEY* key) {
    CertificatePtr certificate(X509_new(), &X509_free);
    require(certificate != nullptr, "no certificate");
    std::array<unsigned char, 16> serial{};
    require(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1, "no random bytes");
    serial[0] &= 0x7F;  // positive
    auto* number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
    BN_free(number);
    X509_set_version(certificate.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime_seconds);
    auto* name = X509_get_subject_name(certificate.get());
    const std::string_view common_name = "Millrace worker";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name.data()),
                               static_cast<int>(common_name.size()), -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    require(X509_set_pubkey(certificate.get(), key) == 1, "the key does not fit");
    require(X509_sign(certificate.get(), key, EVP_sha256()) != 0, "it cannot be signed");
    return certificate;
}

std::string fingerprint_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    require(X509_digest(certificate, EVP_sha256(), digest.data(), &length) == 1, "no digest");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const auto byte : std::span(digest).first(length)) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

int accept_any(int, X509_STORE_CTX*) { return 1; }

/// The wire form of a list that holds peer_protocol alone.
std::string protocol_list() { return static_cast<char>(peer_protocol.size()) + std::string(peer_protocol); }

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    const auto ours = protocol_list();
    unsigned char* chosen = nullptr;
    const auto result = SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                                              static_cast<unsigned>(ours.size()), offered, offered_size);
    if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    // `chosen` may point into `ours`, which ends here; the text of the constant does not.
    *out = reinterpret_cast<const unsigned char*>(peer_protocol.data());
    return SSL_TLSEXT_ERR_OK;
}

constexpr int both_show = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;

void make_strict(const TlsContext& context) {
    auto* native = context.native().native_handle();
    SSL_CTX_set_verify(native, both_show, accept_any);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(native, 0);
}

/// The list of the hello's ALPN extension is what peers send: two bytes of length, then peer_protocol.
bool asks_for_peer(SSL* connection) {
    const unsigned char* data = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(connection, TLSEXT_TYPE_application_layer_protocol_negotiation, &data, &size) != 1)
        return false;
    const std::string_view extension(reinterpret_cast<const char*>(data), size);
    return extension.size() > 2 && extension.substr(2) == protocol_list();
}

int turn_to_peers(SSL* connection, int*, void* peers) {
    if (!asks_for_peer(connection)) return SSL_CLIENT_HELLO_SUCCESS;
    if (!SSL_set_SSL_CTX(connection, static_cast<SSL_CTX*>(peers))) return SSL_CLIENT_HELLO_ERROR;
    SSL_set_verify(connection, both_show, accept_any);
    SSL_set_min_proto_version(connection, TLS1_3_VERSION);
    SSL_set_max_proto_version(connection, TLS1_3_VERSION);
    SSL_set_num_tickets(connection, 0);
    return SSL_CLIENT_HELLO_SUCCESS;
}

}

PeerIdentity::PeerIdentity() {
    const KeyPtr key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    require(key != nullptr, "no key");
    const auto certificate = self_signed(key.get());
    fingerprint_ = fingerprint_of(certificate.get());
    TlsOptions options;
    options.certificate_chain = pem_of(certificate.get());
    options.private_key = pem_of(key.get());
    options.protocols = {"TLSv1.3"};
    server_ = TlsContext::server(options);
    options.trusted_certificates =
        options.certificate_chain;  // else it would read the system's authorities for nothing
    client_ = TlsContext::client(options);
    make_strict(*client_);
    make_strict(*server_);
    const auto protocols = protocol_list();
    SSL_CTX_set_alpn_protos(client_->native().native_handle(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
    SSL_CTX_set_alpn_select_cb(server_->native().native_handle(), select_protocol, nullptr);
}

void admit_peers(const TlsContext& users, const TlsContext& peers) {
    SSL_CTX_set_client_hello_cb(users.native().native_handle(), turn_to_peers, peers.native().native_handle());
}

std::string peer_fingerprint(const ssl_st* connection) {
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(connection, &protocol, &size);
    if (std::string_view(reinterpret_cast<const char*>(protocol), size) != peer_protocol) return "";
    const CertificatePtr certificate(SSL_get1_peer_certificate(connection), &X509_free);
    return certificate ? fingerprint_of(certificate.get()) : "";
}

}
