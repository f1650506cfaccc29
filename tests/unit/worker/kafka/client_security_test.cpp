/// How a client signs in and what it trusts: JAAS entries, key stores, cipher suites, names of hosts.
#include "tests/pch.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/kafka/handle.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {

const Settings login{
    {"sasl.mechanism", "PLAIN"},
    {"sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required username=u password=p;"}};

}

TEST_CASE("host names are checked in connections that use TLS as Java checks them") {
    const auto [value, expected] = GENERATE(table<std::string, std::string>(
        {{"", "none"}, {" ", "none"}, {"https", "https"}, {"HTTPS", "https"}, {"ldaps", "https"}}));
    const auto protocol = GENERATE("SSL", "sasl_ssl");
    auto java = login;
    java.insert({{"security.protocol", protocol}, {"ssl.endpoint.identification.algorithm", value}});
    CHECK(translate(ClientKind::Admin, java).find("ssl.endpoint.identification.algorithm") == expected);
    java["ssl.endpoint.identification.algorithm"] = "made up";
    CHECK_THROWS_WITH(translate(ClientKind::Admin, java),
                      Catch::Contains("Invalid value made up for configuration ssl.endpoint.identification.algorithm"));
}

TEST_CASE("JAAS entries give user and password") {
    const auto read = parse_jaas_config(
        " org.apache.kafka.common.security.scram.ScramLoginModule required\n  username=\"al\\\"ice\" password='p "
        "w;=';");
    CHECK(read.login_module == "org.apache.kafka.common.security.scram.ScramLoginModule");
    CHECK(read.options == Settings{{"username", "al\"ice"}, {"password", "p w;="}});
    const auto config =
        translate(ClientKind::Admin,
                  {{"security.protocol", "SASL_PLAINTEXT"},
                   {"sasl.mechanism", "PLAIN"},
                   {"sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=u password=p;"}});
    CHECK(config.find("sasl.username") == "u");
    CHECK(config.find("sasl.password") == "p");
    for (const auto* bad : {"", "x", "'' required;", "M required user;", "M required a=\"secret", "M required a=secret",
                            "M required a=b secret=;", "M a=secret;", "M always secret=a;",
                            "M required a=b; N required;", "M required a=b; secret", "M required /* a=b;"}) {
        try {
            parse_jaas_config(bad);
            FAIL_CHECK("accepted: " << bad);
        } catch (const ConfigException& e) {
            CHECK_THAT(e.what(), !Catch::Contains("secret"));
        }
    }
}

TEST_CASE("JAAS entries have Java's comments, escapes and flags") {
    const auto read = parse_jaas_config(
        "// who we are\nM /* it */ Sufficient a=\"http://x\" /**/ b=\"\\t\\101\\x\\4444\\344\\\\\" c=u/v; // the end\n "
        "/* "
        "*/");
    CHECK(read.login_module == "M");
    CHECK(read.options == Settings{{"a", "http://x"}, {"b", "\tAx$44ä\\"}, {"c", "u/v"}});
}

TEST_CASE("how to sign in is asked for by name") {
    const auto with = [](Settings settings) {
        settings["security.protocol"] = "SASL_PLAINTEXT";
        return translate(ClientKind::Admin, settings);
    };
    CHECK_THROWS_WITH(with({}),
                      "Invalid value GSSAPI for configuration sasl.mechanism: it is the default, and Kerberos "
                      "is not there. Set PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER");
    CHECK_THROWS_WITH(with({{"sasl.mechanism", "NONE"}}),
                      "Invalid value NONE for configuration sasl.mechanism: it is one of PLAIN, SCRAM-SHA-256, "
                      "SCRAM-SHA-512 and OAUTHBEARER");
    CHECK_THROWS_WITH(with({{"sasl.mechanism", "PLAIN"}}),
                      Catch::StartsWith("sasl.jaas.config is missing: sasl.mechanism=PLAIN needs it"));
    CHECK_THROWS_WITH(
        with({{"sasl.mechanism", "PLAIN"}, {"sasl.jaas.config", "x.PlainLoginModule required password=s;"}}),
        "sasl.jaas.config has no username");
}

TEST_CASE("key stores are read for clients that use TLS, and only for those") {
    const Settings tls{{"ssl.truststore.certificates", "trusted"},
                       {"ssl.keystore.certificate.chain", "chain"},
                       {"ssl.keystore.key", "key"},
                       {"ssl.key.password", "secret"}};
    const auto with = [&](const std::string& protocol) {
        auto settings = login;
        settings.insert(tls.begin(), tls.end());
        settings["security.protocol"] = protocol;
        return translate(ClientKind::Admin, settings);
    };
    for (const auto* protocol : {"SSL", "SASL_SSL"}) {
        const auto config = with(protocol);
        CHECK(config.find("ssl.ca.pem") == "trusted");
        CHECK(config.find("ssl.certificate.pem") == "chain");
        CHECK(config.find("ssl.key.pem") == "key");
        CHECK(config.find("ssl.key.password") == "secret");
    }
    CHECK(!with("PLAINTEXT").find("ssl.ca.pem"));
    CHECK_THROWS_WITH(
        translate(ClientKind::Admin, {{"security.protocol", "SSL"}, {"ssl.truststore.location", "/nowhere"}}),
        Catch::Contains("/nowhere"));
}

TEST_CASE("who chooses cipher suites is told that TLS 1.3 has its own") {
    const auto warnings = [](const std::string& names) {
        return translate(ClientKind::Producer, {{"security.protocol", "SSL"}, {"ssl.cipher.suites", names}}).warnings;
    };
    CHECK(warnings("").empty());
    for (const auto* names : {"TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}) {
        const auto told = warnings(names);
        REQUIRE(told.size() == 1);
        CHECK_THAT(told[0], Catch::StartsWith("ssl.cipher.suites has no effect on the connections of this client that "
                                              "use TLS 1.3"));
    }
}

TEST_CASE("cipher suites go by Java's names") {
    const auto suites = [](const std::string& names) {
        return translate(ClientKind::Admin, {{"security.protocol", "SSL"}, {"ssl.cipher.suites", names}})
            .find("ssl.cipher.suites");
    };
    CHECK(suites("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384") ==
          "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384");
    CHECK_FALSE(suites("TLS_AES_256_GCM_SHA384"));  // librdkafka does not choose among those of TLS 1.3
    CHECK_THROWS_WITH(suites("TLS_NOPE"), Catch::Contains("TLS_NOPE"));
}
