#include "cluster/wire/sasl.hpp"

#include "tests/pch.hpp"
#include "tests/unit/cluster/wire/hex.hpp"

using namespace millrace;
using namespace millrace::cluster;

namespace {
SecuritySettings alice(SaslMechanism mechanism) {
    return {.protocol = SecurityProtocol::SaslPlaintext,
            .mechanism = mechanism,
            .user = "alice",
            .password = "alice-secret"};
}
const std::string server_first =
    "r=fyko+d2lbbFgONRv9qkxdawLesl73v28zbibnm9gohukqu45s,s=MWh4ZDI5N2k1MjNwcXdwNjByZzczZWZobWI=,i=4096";
}

TEST_CASE("SCRAM-SHA-256 says what a real broker accepted", "[wire][sasl]") {
    const auto client = make_sasl_client(alice(SaslMechanism::ScramSha256), {.nonce = "fyko+d2lbbFgONRv9qkxdawL"});
    CHECK(to_text(client->first()) == "n,,n=alice,r=fyko+d2lbbFgONRv9qkxdawL");
    const auto proof = client->answer(as_bytes(server_first));
    REQUIRE(proof);
    CHECK(to_text(*proof) ==
          "c=biws,r=fyko+d2lbbFgONRv9qkxdawLesl73v28zbibnm9gohukqu45s,p=F+HzO6kwVdkdib4DgRtJH6OyxYfnnHHwsaGgWu68tiw=");
    SECTION("and believes a broker that knows the password") {
        CHECK_FALSE(client->answer(as_bytes("v=kikPSGvZyYnBosrtgcBPB/ZtS7dS0VC0mlsdvJeyyo8=")));
    }
    SECTION("but not one that does not") {
        CHECK_THROWS_AS(client->answer(as_bytes("v=AikPSGvZyYnBosrtgcBPB/ZtS7dS0VC0mlsdvJeyyo8=")),
                        AuthenticationException);
        CHECK_THROWS_AS(client->answer(as_bytes("e=other-error")), AuthenticationException);
        CHECK_THROWS_AS(client->answer(as_bytes("")), AuthenticationException);
    }
}

TEST_CASE("SCRAM refuses a broker that answers something else", "[wire][sasl]") {
    const auto refused =
        GENERATE(as<std::string>(), "r=other,s=MWh4,i=4096", "r=nonce,s=MWh4,i=4096", "r=nonce-more,s=MWh4,i=1",
                 "r=nonce-more,s=MWh4,i=2000000000", "r=nonce-more,s=!!!!,i=4096", "r=nonce-more,i=4096", "", "x");
    CAPTURE(refused);
    const auto client = make_sasl_client(alice(SaslMechanism::ScramSha512), {.nonce = "nonce"});
    (void)client->first();
    CHECK_THROWS_AS(client->answer(as_bytes(refused)), AuthenticationException);
}

TEST_CASE("user names with separators are escaped", "[wire][sasl]") {
    auto security = alice(SaslMechanism::ScramSha256);
    security.user = "a=b,c";
    CHECK(to_text(make_sasl_client(security, {.nonce = "n"})->first()) == "n,,n=a=3Db=2Cc,r=n");
}

TEST_CASE("PLAIN and OAUTHBEARER say it in one message", "[wire][sasl]") {
    CHECK(to_hex(make_sasl_client(alice(SaslMechanism::Plain), {.nonce = ""})->first()) ==
          to_hex(from_hex("00 616c696365 00 616c6963652d736563726574")));
    const auto client = make_sasl_client(alice(SaslMechanism::OAuthBearer), {.bearer_token = "token"});
    CHECK(to_text(client->first()) ==
          "n,,\x01"
          "auth=Bearer token\x01\x01");
    CHECK_FALSE(client->answer({}));
    CHECK(client->answer(as_bytes(R"({"status":"invalid_token"})")) == Bytes{std::byte{1}});
}

TEST_CASE("nonces are fresh and have no comma", "[wire][sasl]") {
    const auto nonce = random_nonce();
    CHECK(nonce.size() == 24);
    CHECK(nonce.find(',') == std::string::npos);
    CHECK(nonce != random_nonce());
}

TEST_CASE("names of security settings are Kafka's", "[wire][sasl]") {
    CHECK(security_protocol_from("SASL_SSL") == SecurityProtocol::SaslSsl);
    CHECK_THROWS_AS(security_protocol_from("sasl_ssl"), ConfigException);
    CHECK(to_string(sasl_mechanism_from("SCRAM-SHA-512")) == "SCRAM-SHA-512");
    CHECK_THROWS_AS(sasl_mechanism_from("GSSAPI"), ConfigException);
}
