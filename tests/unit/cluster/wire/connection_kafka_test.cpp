// Against real brokers with security, as far as the environment names them:
//   MILLRACE_TEST_KAFKA_SASL=host:port      SASL_PLAINTEXT; user alice, password alice-secret, PLAIN and both SCRAMs
//   MILLRACE_TEST_KAFKA_SASL_SSL=host:port  the same over TLS
//   MILLRACE_TEST_KAFKA_SSL=host:port       demands a client certificate
//   MILLRACE_TEST_KAFKA_CERTIFICATES=dir    ca.pem, client.pem, client.key
#include "cluster/wire/connection.hpp"
#include "connectors/api/errors.hpp"
#include "connectors/tls/pem.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/async/run.hpp"
#include "tests/unit/environment.hpp"

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

struct Diary final : ConnectionListener {
    void opened() override {}
    void closed() override {}
    void sent(const std::string& node, std::size_t bytes) override { sent_to[node] += bytes; }
    void received(const std::string& node, std::size_t bytes, Clock::duration) override {
        received_from[node] += bytes;
    }
    void authenticated(bool accepted) override { signed_in += accepted ? 1 : 0; }
    void authenticated_again(bool accepted, Clock::duration took) override {
        if (accepted && took > Clock::duration::zero()) ++renewed;
    }
    std::map<std::string, std::size_t> sent_to;
    std::map<std::string, std::size_t> received_from;
    int signed_in = 0;
    int renewed = 0;
};

/// Asks once, and goes on until the connection has had so many sessions.
asio::awaitable<void> ask(BrokerAddress address, ConnectionSettings settings, int sessions) {
    const auto connection = co_await Connection::open(std::move(address), std::move(settings));
    const auto give_up_at = Event::Clock::now() + 60s;
    do {
        auto request = FindCoordinatorRequest::for_group("millrace-test-security");
        const auto answer = co_await connection->call(std::move(request));
        CHECK(answer.coordinators.size() == 1);
    } while (connection->sessions() < sessions && Event::Clock::now() < give_up_at);
    CHECK(connection->sessions() >= sessions);
}

void connect(const std::string& broker, const SecuritySettings& security, int sessions = 0) {
    asio::io_context context;
    const auto diary = std::make_shared<Diary>();
    ConnectionSettings settings{.client_id = "test", .security = security, .listener = diary, .node = "node-7"};
    run(context, ask(parse_bootstrap_servers(broker).front(), std::move(settings), sessions));
    CHECK(diary->signed_in == 1);
    CHECK(diary->renewed >= sessions - 1);
    CHECK(diary->sent_to.at("node-7") > 0);
    CHECK(diary->received_from.at("node-7") > diary->sent_to.size());
}

SecuritySettings alice(SaslMechanism mechanism) {
    return {.protocol = SecurityProtocol::SaslPlaintext,
            .mechanism = mechanism,
            .user = "alice",
            .password = "alice-secret"};
}

}

TEST_CASE("bootstrap.servers in every spelling", "[wire]") {
    CHECK(parse_bootstrap_servers("a:1, PLAINTEXT://b:2 ,,[::1]:3") ==
          std::vector<BrokerAddress>{{"a", 1}, {"b", 2}, {"::1", 3}});
    CHECK(to_string(BrokerAddress{"::1", 3}) == "[::1]:3");
    CHECK_THROWS_WITH(parse_bootstrap_servers("a:1,b"), "bootstrap.servers: 'b' is not host:port");
    CHECK_THROWS_AS(parse_bootstrap_servers("a:0"), ConfigException);
    CHECK_THROWS_AS(parse_bootstrap_servers("a:1x"), ConfigException);
    CHECK_THROWS_AS(parse_bootstrap_servers(""), ConfigException);
}

TEST_CASE("nobody listens", "[wire]") {
    CHECK_THROWS_WITH(connect("127.0.0.1:1", {}), "Broker 127.0.0.1:1: Connection refused");
    CHECK_THROWS_AS(connect("127.0.0.1:1", {}), DisconnectException);
}

TEST_CASE("every SASL mechanism is accepted, with and without TLS, and kept alive", "[kafka][wire]") {
    const auto mechanism = GENERATE(SaslMechanism::Plain, SaslMechanism::ScramSha256, SaslMechanism::ScramSha512);
    CAPTURE(to_string(mechanism));
    auto security = alice(mechanism);
    if (const auto broker = from_environment("MILLRACE_TEST_KAFKA_SASL")) {
        connect(*broker, security, 3);  // the test's broker ends sessions after connections.max.reauth.ms
        security.password = "wrong";
        CHECK_THROWS_AS(connect(*broker, security), AuthenticationException);
        CHECK_THROWS_WITH(connect(*broker, security), Catch::Contains("user 'alice'") && !Catch::Contains("wrong"));
        security.mechanism = SaslMechanism::OAuthBearer;
        CHECK_THROWS_WITH(connect(*broker, security), Catch::Contains("does not accept OAUTHBEARER; enabled are"));
    }
    const auto broker = from_environment("MILLRACE_TEST_KAFKA_SASL_SSL");
    const auto certificates = from_environment("MILLRACE_TEST_KAFKA_CERTIFICATES");
    if (!broker || !certificates) return;
    security = alice(mechanism);
    security.protocol = SecurityProtocol::SaslSsl;
    security.tls = TlsContext::client({.trusted_certificates = read_tls_file(*certificates + "/ca.pem")});
    connect(*broker, security);
}

TEST_CASE("TLS checks both sides", "[kafka][wire]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA_SSL");
    const auto certificates = from_environment("MILLRACE_TEST_KAFKA_CERTIFICATES");
    if (!broker || !certificates) return;
    const auto pem = [&](const std::string& name) { return read_tls_file(*certificates + "/" + name); };
    SecuritySettings security{.protocol = SecurityProtocol::Ssl};
    SECTION("with the right certificates") {
        security.tls = TlsContext::client({.certificate_chain = pem("client.pem"),
                                           .private_key = pem("client.key"),
                                           .trusted_certificates = pem("ca.pem")});
        connect(*broker, security);
    }
    SECTION("without one of its own") {
        security.tls = TlsContext::client({.trusted_certificates = pem("ca.pem")});
        CHECK_THROWS_AS(connect(*broker, security), ConnectException);
    }
    SECTION("with a broker that no known authority vouches for") {
        security.tls = TlsContext::client({.certificate_chain = pem("client.pem"),
                                           .private_key = pem("client.key"),
                                           .trusted_certificates = pem("client.pem")});
        CHECK_THROWS_AS(connect(*broker, security), AuthenticationException);
        CHECK_THROWS_WITH(connect(*broker, security), Catch::Contains(*broker) && Catch::Contains("local issuer"));
    }
}

TEST_CASE("TLS settings that will not do are named", "[async][tls]") {
    CHECK_THROWS_WITH(TlsContext::client({.trusted_certificates = "no PEM"}), Catch::Contains("trusted certificates"));
    CHECK_THROWS_WITH(TlsContext::client({.protocols = {"SSLv3"}}), Catch::Contains("'SSLv3' is none of"));
    CHECK_THROWS_WITH(TlsContext::client({.certificate_chain = "x"}), Catch::Contains("certificate chain"));
    CHECK_THROWS_AS(TlsContext::server({}), ConfigException);
    CHECK_THROWS_WITH(read_tls_file("/does/not/exist"), Catch::Contains("/does/not/exist"));
}
