#include "rest/resources/listener_options.hpp"

#include "connectors/tls/pem.hpp"
#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::rest;

namespace {

std::string text_of(BIO* memory) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(memory, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
}

/// Key and self-signed certificate in PEM, as Kafka keeps them in one file.
std::string key_and_certificate() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    const auto* host = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_bio_X509(memory, certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return text_of(memory);
}

/// Everything that the server sends to one request over TLS, without looking at its certificate.
std::string https_exchange(std::uint16_t port, const std::string& request) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    BIO* connection = BIO_new_ssl_connect(context);
    const auto address = "127.0.0.1:" + std::to_string(port);
    BIO_set_conn_hostname(connection, address.c_str());
    std::string answer;
    if (BIO_do_connect(connection) > 0) {
        BIO_write(connection, request.data(), static_cast<int>(request.size()));
        char chunk[4096];
        for (int count = 0; (count = BIO_read(connection, chunk, sizeof chunk)) > 0;) {
            answer.append(chunk, static_cast<std::size_t>(count));
        }
    }
    BIO_free_all(connection);
    SSL_CTX_free(context);
    return answer;
}

/// The same, or the certificate alone, in a PKCS#12 file with the password "secret".
std::string pkcs12_of(const std::string& pem, bool with_key = true) {
    BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
    X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
    BIO_free(in);
    PKCS12* store = PKCS12_create("secret", "worker", with_key ? key : nullptr, certificate, nullptr, 0, 0, 0, 0, 0);
    BIO* memory = BIO_new(BIO_s_mem());
    i2d_PKCS12_bio(memory, store);
    PKCS12_free(store);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return text_of(memory);
}

/// The certificate that the server shows to a new connection, in PEM; "" if there was no handshake.
std::string shown_certificate(std::uint16_t port) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    BIO* connection = BIO_new_ssl_connect(context);
    const auto address = "127.0.0.1:" + std::to_string(port);
    BIO_set_conn_hostname(connection, address.c_str());
    std::string shown;
    if (BIO_do_connect(connection) > 0) {
        SSL* ssl = nullptr;
        BIO_get_ssl(connection, &ssl);
        if (auto* certificate = SSL_get1_peer_certificate(ssl)) {
            shown = pem_of(certificate);
            X509_free(certificate);
        }
    }
    BIO_free_all(connection);
    SSL_CTX_free(context);
    return shown;
}

struct StoreFile {
    explicit StoreFile(const std::string& type)
        : path(std::filesystem::temp_directory_path() / fmt::format("millrace-rest-{}.{}", ::getpid(), type)) {
        const auto pem = key_and_certificate();
        std::ofstream(path, std::ios::binary) << (type == "PKCS12" ? pkcs12_of(pem) : pem);
    }
    ~StoreFile() { std::filesystem::remove(path); }
    /// As whoever renews certificates does it: there is always one whole file.
    void replace(const std::string& text) const {
        const auto next = path.string() + ".next";
        std::ofstream(next, std::ios::binary) << text;
        std::filesystem::rename(next, path);
    }
    std::filesystem::path path;
};

worker::WorkerConfig https_config(Settings tls) {
    worker::WorkerConfig config;
    config.listeners = {{.protocol = worker::Listener::Protocol::Http, .host = "127.0.0.1", .port = 0},
                        {.protocol = worker::Listener::Protocol::Https, .host = "127.0.0.1", .port = 0}};
    config.values = Config(worker::worker_config_keys(worker::WorkerMode::Distributed), std::move(tls));
    return config;
}

asio::awaitable<Response> say_scheme(Request request) { co_return json_response(200, request.secure ? "1" : "0"); }

}

TEST_CASE("http and https are served side by side, with a key store of either type", "[rest][listeners]") {
    const std::string type = GENERATE("PEM", "PKCS12");
    const StoreFile store(type);
    const auto options = server_options(https_config({{"listeners.https.ssl.keystore.location", store.path.string()},
                                                      {"listeners.https.ssl.keystore.type", type},
                                                      {"listeners.https.ssl.keystore.password", "secret"},
                                                      {"ssl.keystore.location", "/nonexistent"}}),
                                        "Millrace/test");
    asio::io_context context{1};
    Server server(context.get_executor(), options, say_scheme, {});
    server.listen();
    const auto ports = server.ports();
    std::jthread thread([&] { context.run(); });
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    CHECK(RawClient(ports.at(0)).exchange(request).body == "0");
    const auto answer = https_exchange(ports.at(1), request);
    CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
    CHECK_THAT(answer, Catch::EndsWith("\r\n\r\n1"));
    CHECK(RawClient(ports.at(1)).exchange(request).status == 0);  // plain text on an https port
    asio::co_spawn(context, server.stop(), asio::use_future).get();
}

TEST_CASE("the limits of the settings hold", "[rest][listeners]") {
    worker::WorkerConfig config = sample_worker_config({{"millrace.rest.max.header.bytes", "300"},
                                                        {"millrace.rest.max.body.bytes", "2000"},
                                                        {"millrace.rest.max.connections", "7"},
                                                        {"millrace.rest.idle.timeout.ms", "1234"},
                                                        {"millrace.rest.transfer.timeout.ms", "2345"}});
    config.listeners = {{.protocol = worker::Listener::Protocol::Http, .host = "127.0.0.1", .port = 0}};
    const auto limits = server_options(config, "Millrace/test").limits;
    CHECK(limits.connections == 7);
    CHECK(limits.idle == std::chrono::milliseconds(1234));
    CHECK(limits.transfer == std::chrono::milliseconds(2345));
    RestFixture fixture(limits);
    CHECK(fixture.get("/").status == 200);
    CHECK(RawClient(fixture.port).exchange("GET /" + std::string(400, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n").status ==
          414);
    CHECK(RawClient(fixture.port)
              .exchange("POST /connectors HTTP/1.1\r\nHost: h\r\nContent-Length: 2001\r\n\r\n" + std::string(2001, ' '))
              .status == 413);
}

TEST_CASE("a renewed certificate is shown to the next connection, and one that will not do never",
          "[rest][listeners]") {
    const StoreFile store("PEM");
    const auto options =
        server_options(https_config({{"listeners.https.ssl.keystore.location", store.path.string()}}), "Millrace/test");
    asio::io_context context{1};
    Server server(context.get_executor(), options, say_scheme, {});
    server.listen();
    const auto port = server.ports().at(1);
    std::jthread thread([&] { context.run(); });
    const auto first = shown_certificate(port);
    CHECK_THAT(first, Catch::StartsWith("-----BEGIN CERTIFICATE-----"));
    CHECK(shown_certificate(port) == first);
    store.replace(key_and_certificate());
    const auto second = shown_certificate(port);
    CHECK_THAT(second, Catch::StartsWith("-----BEGIN CERTIFICATE-----"));
    CHECK(second != first);
    store.replace("half a file");
    CHECK(shown_certificate(port) == second);
    store.replace(key_and_certificate());
    const auto third = shown_certificate(port);
    CHECK(third != second);
    CHECK_THAT(third, Catch::StartsWith("-----BEGIN CERTIFICATE-----"));
    asio::co_spawn(context, server.stop(), asio::use_future).get();
}

TEST_CASE("a PKCS12 store with another password is refused by name", "[rest][listeners]") {
    const StoreFile store("PKCS12");
    const auto config = https_config({{"listeners.https.ssl.keystore.location", store.path.string()},
                                      {"listeners.https.ssl.keystore.type", "pkcs12"},
                                      {"listeners.https.ssl.keystore.password", "wrong"}});
    CHECK_THROWS_WITH(server_options(config, "Millrace/test"),
                      Catch::Contains(store.path.string()) && Catch::Contains("password"));
}

TEST_CASE("a store without a key is named, and the listeners that it is for", "[rest][listeners]") {
    const StoreFile store("trust");
    store.replace(pkcs12_of(key_and_certificate(), false));
    auto config = https_config({{"admin.listeners.https.ssl.keystore.location", store.path.string()},
                                {"admin.listeners.https.ssl.keystore.password", "secret"}});
    std::swap(config.listeners[1], config.admin_listeners.emplace().emplace_back());
    config.listeners.pop_back();
    CHECK_THROWS_WITH(server_options(config, "Millrace/test"),
                      Catch::Contains("admin.listeners.https.*") && Catch::Contains(store.path.string()) &&
                          Catch::Contains("there is no private key in it, but") && Catch::EndsWith("alias 'worker'"));
}

TEST_CASE("TLS settings that will not do say the way out", "[rest][listeners]") {
    const auto [settings, part] = GENERATE(table<Settings, std::string>({
        {Settings{}, "listeners.https.ssl.keystore.location"},
        {{{"ssl.keystore.location", "/nonexistent.pem"}, {"ssl.keystore.type", "PEM"}}, "/nonexistent.pem"},
        {{{"ssl.keystore.key", "k"}, {"ssl.keystore.certificate.chain", "c"}, {"ssl.cipher.suites", "NOPE"}}, "NOPE"},
        {{{"listeners.https.ssl.keystore.location", "/none"}}, "listeners.https.* "},
        {{{"listeners.https.ssl.client.auth", "REQUIRED"}}, "Invalid value REQUIRED for configuration ssl.client.auth"},
    }));
    CHECK_THROWS_WITH(server_options(https_config(settings), "Millrace/test"), Catch::Contains(part));
    CHECK_THROWS_AS(server_options(https_config(settings), "Millrace/test"), ConfigException);
}

TEST_CASE("a port that the settings leave open is known before the server listens", "[rest][listeners]") {
    using enum worker::Listener::Protocol;
    auto config = sample_worker_config({});
    config.listeners = {{.protocol = Http, .host = "127.0.0.1", .port = 0}, {.protocol = Http, .host = "", .port = 0}};
    config.admin_listeners = {{.protocol = Http, .host = "127.0.0.1", .port = 0}};
    const auto held = hold_free_ports(config);
    REQUIRE(held.size() == 3);
    const auto& listeners = config.listeners;
    CHECK(worker::advertised_address(listeners, {}, "own").port == listeners[0].port);
    const std::vector<std::uint16_t> expected{listeners[0].port, listeners[1].port, config.admin_listeners->at(0).port};
    CHECK(std::ranges::count(expected, 0) == 0);
    asio::io_context context{1};
    Server server(context.get_executor(), server_options(config, "Millrace/test", held), say_scheme, {});
    server.listen();
    CHECK(server.ports() == expected);
    std::jthread thread([&] { context.run(); });
    for (const auto port : expected)
        CHECK(RawClient(port).exchange("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").status == 200);
    asio::co_spawn(context, server.stop(), asio::use_future).get();
}
