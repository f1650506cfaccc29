#include "connectors/http/public_address.hpp"

#include "connectors/http/http_client.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/http/fake_http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

using namespace millrace;

namespace {

bool is_public(const char* text) {
    sockaddr_in six_or_four{};
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET, text, &six_or_four.sin_addr) == 1) {
        six_or_four.sin_family = AF_INET;
        return is_public_address(reinterpret_cast<const sockaddr&>(six_or_four));
    }
    REQUIRE(::inet_pton(AF_INET6, text, &six.sin6_addr) == 1);
    six.sin6_family = AF_INET6;
    return is_public_address(reinterpret_cast<const sockaddr&>(six));
}

}

TEST_CASE("addresses of this machine, its link and private networks are not public", "[http]") {
    for (const auto* text : {"127.0.0.1", "127.255.0.1", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1",
                             "172.31.255.255", "192.168.0.1", "169.254.169.254", "::1", "::", "fe80::1", "fec0::1",
                             "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3"}) {
        INFO(text);
        CHECK_FALSE(is_public(text));
    }
    for (const auto* text : {"8.8.8.8", "11.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255", "169.253.1.1",
                             "2001:db8::1", "::ffff:8.8.8.8"}) {
        INFO(text);
        CHECK(is_public(text));
    }
}

TEST_CASE("a URL is taken apart without its secrets", "[http]") {
    struct Row {
        const char* url;
        const char* host;
        const char* origin;
    };
    constexpr Row rows[] = {
        {"http://example.com", "example.com", "http://example.com"},
        {"https://user:secret@example.com:8443/hook/secret?token=secret#x", "example.com", "https://example.com:8443"},
        {"http://[::1]:80/", "::1", "http://[::1]:80"},
        {"http://127.0.0.1?x", "127.0.0.1", "http://127.0.0.1"},
        {"ftp://example.com", "", "an invalid URL"},
        {"HTTP://example.com", "", "an invalid URL"},
        {"example.com/secret", "", "an invalid URL"},
        {"http://", "", "an invalid URL"},
        {"http://my_host/", "", "an invalid URL"},
        {"http://a b/", "", "an invalid URL"},
        {"http://example.com/a b", "", "an invalid URL"},
    };
    for (const auto& row : rows) {
        INFO(row.url);
        CHECK(host_of_url(row.url) == row.host);
        CHECK(origin_of_url(row.url) == row.origin);
    }
}

TEST_CASE("a host is looked up, and any address of it counts", "[http]") {
    CHECK(public_host_problem("127.0.0.1") == "URL resolves to non-public address: 127.0.0.1");
    CHECK(public_host_problem("::1") == "URL resolves to non-public address: ::1");
    CHECK(public_host_problem("8.8.8.8").empty());
    CHECK_THAT(public_host_problem("no..where"), Catch::StartsWith("Cannot resolve host: no..where: "));
}

TEST_CASE("a client of public addresses connects to no other, whatever the name was", "[http]") {
    FakeHttpServer server([](const SeenRequest&) { return FakeAnswer{200, "{}"}; });
    HttpClient guarded({.public_addresses_only = true});
    CHECK_THROWS_WITH(guarded.send({.url = server.url()}), "URL resolves to non-public address: 127.0.0.1");
    CHECK_THROWS_AS(guarded.send({.url = server.url()}), PrivateAddressException);
    CHECK(server.seen().empty());
    HttpClient open(HttpOptions{});
    CHECK(open.send({.url = server.url()}).status == 200);
    CHECK(server.seen().size() == 1);
}

TEST_CASE("a message shows a URL as its request says", "[http]") {
    HttpClient client(HttpOptions{});
    CHECK_THROWS_WITH(client.send({.url = "http://user:secret@127.0.0.1:1/secret", .shown_url = "the hook"}),
                      Catch::StartsWith("no answer from the hook: "));
}
