#include "cluster/async/tls.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/tls/key_store.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace millrace::cluster {
namespace {

namespace ssl = boost::asio::ssl;

[[noreturn]] void refuse(std::string_view part, std::string_view reason) {
    throw ConfigException(fmt::format("TLS: {}: {}", part, reason));
}

void check(const boost::system::error_code& error, std::string_view part) {
    if (error) refuse(part, error.message());
}

/// Asio takes one certificate from a text; a truststore may hold many.
void trust_all(SSL_CTX* context, const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        &BIO_free);
    int count = 0;
    while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
        SSL_CTX_add_client_CA(context, certificate);
        X509_free(certificate);
        ++count;
    }
    ERR_clear_error();  // the end of the text is reported as an error
    if (count == 0) refuse("trusted certificates", "there is no PEM certificate in the text");
}

void set_protocols(SSL_CTX* context, const TlsOptions& options) {
    int least = 0;
    int most = 0;
    for (const auto& name : options.protocols) {
        const int version = name == "TLSv1.2" ? TLS1_2_VERSION : name == "TLSv1.3" ? TLS1_3_VERSION : 0;
        if (version == 0) refuse("protocol", fmt::format("'{}' is none of TLSv1.2, TLSv1.3", name));
        const auto& ciphers = version == TLS1_3_VERSION ? options.ciphers.tls13 : options.ciphers.tls12;
        if (!options.ciphers.all() && ciphers.empty()) continue;
        least = least == 0 ? version : std::min(least, version);
        most = std::max(most, version);
    }
    if (most == 0) refuse("protocol", "none of TLSv1.2 and TLSv1.3 is enabled with a cipher suite of its own");
    SSL_CTX_set_min_proto_version(context, least);
    SSL_CTX_set_max_proto_version(context, most);
}

void set_ciphers(SSL_CTX* context, const CipherChoice& ciphers) {
    if (!ciphers.tls12.empty() && SSL_CTX_set_cipher_list(context, ciphers.tls12.c_str()) != 1)
        refuse("ciphers", fmt::format("OpenSSL knows none of '{}'", ciphers.tls12));
    if (!ciphers.tls13.empty() && SSL_CTX_set_ciphersuites(context, ciphers.tls13.c_str()) != 1)
        refuse("ciphers", fmt::format("OpenSSL does not know all of '{}'", ciphers.tls13));
}

std::unique_ptr<ssl::context> make_context(ssl::context::method method, const TlsOptions& options) {
    auto context = std::make_unique<ssl::context>(method);
    boost::system::error_code error;
    set_protocols(context->native_handle(), options);
    set_ciphers(context->native_handle(), options.ciphers);
    if (!options.certificate_chain.empty()) {
        context->use_certificate_chain(boost::asio::buffer(options.certificate_chain), error);
        check(error, "certificate chain");
        // A callback is set always: OpenSSL would ask at the terminal for the password of an encrypted key.
        context->set_password_callback(
            [password = options.private_key_password](std::size_t, ssl::context::password_purpose) { return password; },
            error);
        check(error, "private key");
        context->use_private_key(boost::asio::buffer(options.private_key), ssl::context::pem, error);
        check(error, "private key (or its password)");
        if (SSL_CTX_check_private_key(context->native_handle()) != 1)
            refuse("private key", "it is not the certificate's");
    }
    if (!options.trusted_certificates.empty()) trust_all(context->native_handle(), options.trusted_certificates);
    return context;
}

}

TlsOptions tls_options(const Settings& settings) {
    auto material = read_tls_material(settings);
    TlsOptions options{.certificate_chain = std::move(material.certificate_chain),
                       .private_key = std::move(material.private_key),
                       .private_key_password = std::move(material.private_key_password),
                       .trusted_certificates = std::move(material.trusted_certificates),
                       .ciphers = read_cipher_choice(settings)};
    const auto protocols = settings.find("ssl.enabled.protocols");
    if (protocols != settings.end() && !trim(protocols->second).empty())
        options.protocols = split_list(protocols->second);
    return options;
}

TlsContext::TlsContext(std::unique_ptr<ssl::context> context) : context_(std::move(context)) {}
TlsContext::~TlsContext() = default;

std::shared_ptr<const TlsContext> TlsContext::client(const TlsOptions& options) {
    auto context = make_context(ssl::context::tls_client, options);
    if (options.trusted_certificates.empty()) context->set_default_verify_paths();
    context->set_verify_mode(ssl::verify_peer);
    return std::shared_ptr<const TlsContext>(new TlsContext(std::move(context)));
}

std::shared_ptr<const TlsContext> TlsContext::server(const TlsOptions& options) {
    if (options.certificate_chain.empty()) refuse("certificate chain", "a server needs one");
    auto context = make_context(ssl::context::tls_server, options);
    const auto mode = options.client_auth == ClientAuth::None ? ssl::verify_none
                      : options.client_auth == ClientAuth::Requested
                          ? ssl::verify_peer
                          : ssl::verify_peer | ssl::verify_fail_if_no_peer_cert;
    context->set_verify_mode(mode);
    return std::shared_ptr<const TlsContext>(new TlsContext(std::move(context)));
}

void expect_server(ssl_st* connection, const std::string& host, bool verify) {
    boost::system::error_code not_an_ip;
    (void)boost::asio::ip::make_address(host, not_an_ip);
    if (not_an_ip) {  // OpenSSL's macro for this casts in the old style
        std::string name = host;
        SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
        if (verify) SSL_set1_host(connection, host.c_str());
    } else if (verify) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str());
    }
}

std::string handshake_problem(const ssl_st* connection, const boost::system::error_code& error) {
    const auto verified = SSL_get_verify_result(connection);
    if (verified == X509_V_OK) return error.message();
    return fmt::format("{}: {}", error.message(), X509_verify_cert_error_string(verified));
}

}
