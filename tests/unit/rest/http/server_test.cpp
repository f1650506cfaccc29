#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"
#include "tests/unit/eventually.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

using namespace millrace;
using namespace millrace::rest;
using namespace std::chrono_literals;

TEST_CASE("a connection serves several requests, also sent at once", "[rest][server]") {
    RestFixture fixture;
    RawClient client(fixture.port);
    const std::string request = "GET /connectors HTTP/1.1\r\nHost: h\r\n\r\n";
    client.send(request + request);
    for (int i = 0; i < 2; ++i) {
        const auto response = client.receive();
        CHECK(response.status == 200);
        CHECK(response.body == "[]");
        CHECK(response.headers.at("Server") == "Millrace/test");
        CHECK(response.headers.count("Date") == 1);
        CHECK(response.headers.at("Content-Type") == "application/json");
    }
}

TEST_CASE("what a request may look like besides", "[rest][server]") {
    RestFixture fixture;
    const auto request =
        GENERATE(as<std::string>{}, "\r\n\r\nGET /connectors HTTP/1.1\r\nHost: h\r\n\r\n",
                 "GET /connectors HTTP/1.1\r\nHost: [::1]:8083\r\n\r\n",
                 "GET http://h:1/connectors HTTP/1.1\r\nHost: H:1\r\n\r\n",
                 "GET /connectors HTTP/1.1\r\nHost: h:\r\n\r\n", "GET /connectors HTTP/1.0\r\n\r\n",
                 "GET /connectors HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nAccept: application/json\r\n\r\n");
    CAPTURE(request);
    CHECK(fixture.request(request).body == "[]");
}

TEST_CASE("HEAD has GET's headers and no body", "[rest][server]") {
    RestFixture fixture;
    RawClient client(fixture.port);
    const auto head = client.exchange("HEAD /connectors HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(head.status == 200);
    CHECK(head.headers.at("Content-Length") == "2");
    CHECK(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").body.starts_with("{\"version\":\"4.3.1\""));
}

TEST_CASE("a client that wants to close is told so and closed", "[rest][server]") {
    RestFixture fixture;
    const auto request = GENERATE("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n");
    RawClient client(fixture.port);
    CHECK(client.exchange(request).headers.at("Connection") == "close");
    CHECK(client.closed());
}

TEST_CASE("a client of HTTP/1.0 that wants to go on is told that it may", "[rest][server]") {
    RestFixture fixture;
    RawClient client(fixture.port);
    for (int i = 0; i < 2; ++i) {
        const auto response = client.exchange("GET /connectors HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(response.body == "[]");
        CHECK(response.headers.at("Connection") == "keep-alive");
    }
}

TEST_CASE("a client that waits is invited to send its body", "[rest][server]") {
    RestFixture fixture;
    RawClient client(fixture.port);
    const auto go_on = client.exchange(
        "POST /connectors HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nExpect: "
        "100-continue\r\nContent-Length: "
        "2\r\n\r\n");
    CHECK(go_on.status == 100);
    CHECK(client.exchange("[]").status == 500);
}

TEST_CASE("what a client need not wait for is answered at once", "[rest][server]") {
    RestFixture fixture;
    const auto request = GENERATE("GET /connectors HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
                                  "GET /connectors HTTP/1.1\r\nHost: h\r\nExpect:\r\n\r\n",
                                  "GET /connectors HTTP/1.0\r\nExpect: foo\r\n\r\n");
    CHECK(fixture.request(request).status == 200);
}

TEST_CASE("a refusal of PUT has no page", "[rest][server]") {
    RestFixture fixture;
    const auto [headers, status] =
        GENERATE(table<std::string, int>({{"Expect: foo\r\n", 417}, {"X: a\r\n b\r\n", 400}}));
    const auto refused = fixture.request("PUT / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
    CHECK(refused.status == status);
    CHECK(refused.body.empty());
    CHECK(refused.headers.count("Content-Type") == 0);
}

TEST_CASE("OPTIONS * and CONNECT name no path", "[rest][server]") {
    RestFixture fixture;
    const auto options = fixture.request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(options.status == 404);
    CHECK(options.body.empty());
    const auto connect = fixture.request("CONNECT other:80 HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(connect.status == 405);
    CHECK(connect.body == R"({"error_code":405,"message":"HTTP 405 Method Not Allowed"})");
    CHECK(fixture.request("CONNECT /connectors HTTP/1.1\r\nHost: h\r\n\r\n").status == 400);
}

TEST_CASE("chunked bodies are read", "[rest][server]") {
    RestFixture fixture;
    const auto response = fixture.request(
        "POST /connectors HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\n{\"nam\r\n7\r\ne\":\"x\"}\r\n0\r\n\r\n");
    CHECK(response.status == 500);
    CHECK(response.body.find("config") != std::string::npos);
}

TEST_CASE("too big is refused with a reason, and ends the connection", "[rest][server]") {
    RestFixture fixture({.header_bytes = 1024, .body_bytes = 100});
    const auto [request, status] = GENERATE(table<std::string, int>({
        {"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nExpect: foo\r\n\r\n", 417},
        {"GET /nosuch HTTP/1.1\r\nHost: h\r\nExpect: 100-continue, foo\r\n\r\n", 417},
        {"GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nExpect: foo\r\n\r\n", 417},
        {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", 431},
        {"GET /" + std::string(2000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
        {"PUT /connectors/x/config HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x'), 413},
        {"nonsense\r\n\r\n", 400},
        {"GET / HTTP/9.9\r\n\r\n", 505},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 426},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 426},
        {"GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a:70000\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
        {"GET http://other/connectors HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"POST /connectors HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n", 400},
        {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    }));
    CAPTURE(request.substr(0, 40));
    RawClient client(fixture.port);
    const auto response = client.exchange(request);
    CHECK(response.status == status);
    const auto code = std::to_string(status);
    const bool of_ours_alone = status == 413;
    const bool has_page = !request.starts_with("PUT");
    if (of_ours_alone) CHECK(response.body.starts_with("{\"error_code\":" + code));
    if (has_page) CHECK(response.body.find("<h2>HTTP ERROR " + code + " ") != std::string::npos);
    CHECK(response.headers.at("Connection") == "close");
    CHECK(fixture.get("/connectors").status == 200);
}

TEST_CASE("bodies together take no more than they may; one that is small gets through", "[rest][server]") {
    RestFixture fixture({.bodies_bytes = 100'000, .connections = 10});
    const auto begin = [](std::size_t bytes) {
        return "PUT /connectors/x/config HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(bytes) + "\r\n\r\n";
    };
    {
        RawClient holds(fixture.port);
        holds.send(begin(100'000) + std::string(99'999, ' '));
        // Until the server has read that, another one of its size is taken: each is refused with the whole of it.
        const auto second = [&] {
            RawClient client(fixture.port);
            client.send(begin(50'000) + std::string(50'000, ' '));
            return client.receive();
        };
        RawResponse refused;
        REQUIRE(eventually([&] { return (refused = second()).status == 503; }));
        CHECK(refused.body == R"({"error_code":503,"message":"HTTP 503 Service Unavailable"})");
        CHECK(refused.headers.at("Connection") == "close");
        RawClient small(fixture.port);
        CHECK(small.exchange(begin(9'000) + std::string(9'000, ' ')).status == 500);  // it is no JSON
    }
    CHECK(eventually([&] {
        RawClient client(fixture.port);
        return client.exchange(begin(50'000) + std::string(50'000, ' ')).status == 500;
    }));
}

TEST_CASE("what may be read in two ways is refused, or what comes behind it is not read", "[rest][server]") {
    RestFixture fixture;
    fixture.herder.held["victim"] = {};
    const std::string smuggled = "DELETE /connectors/victim HTTP/1.1\r\nHost: h\r\n\r\n";
    const auto headers = GENERATE(
        as<std::string>{}, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n", "Content-Length: 0x5\r\n", "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked;q=1\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\x0b"
        "chunked\r\n");
    CAPTURE(headers);
    RawClient client(fixture.port);
    client.send("POST /connectors HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" + headers +
                "\r\n0\r\n\r\n" + smuggled);
    const auto response = client.receive();
    CHECK(response.status == 400);
    CHECK(response.headers.at("Connection") == "close");
    CHECK(client.closed());
    CHECK(fixture.herder.held.contains("victim"));
}

TEST_CASE("a client that has sent all and closed its side gets its answer", "[rest][server]") {
    RestFixture fixture;
    RawClient client(fixture.port);
    client.send("GET /connectors HTTP/1.1\r\nHost: h\r\n\r\n");
    client.finish();
    CHECK(client.receive().body == "[]");
    CHECK(client.closed());
}

TEST_CASE("who sends too much is answered before the connection ends", "[rest][server]") {
    RestFixture fixture({.body_bytes = 1000});
    RawClient client(fixture.port);
    const std::size_t bytes = 4'000'000;  // more than the buffers of a connection take
    client.send("PUT /connectors/x/config HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(bytes) +
                "\r\n\r\n" + std::string(bytes, 'x'));
    CHECK(client.receive().status == 413);
}

TEST_CASE("a chunked body without end stops at the limit", "[rest][server]") {
    RestFixture fixture({.body_bytes = 1000});
    RawClient client(fixture.port);
    std::string body;
    for (int i = 0; i < 30; ++i) body += "64\r\n" + std::string(100, 'x') + "\r\n";
    client.send(
        "PUT /connectors/x/config HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n" +
        body);
    CHECK(client.receive().status == 413);
}

TEST_CASE("a slow client holds up nobody and is cut off", "[rest][server]") {
    RestFixture fixture({.idle = 200ms, .transfer = 200ms});
    RawClient slow(fixture.port);
    RawClient idle(fixture.port);
    slow.send("GET / HTT");
    CHECK(fixture.get("/connectors").status == 200);
    CHECK(slow.closed());
    CHECK(idle.closed());
}

TEST_CASE("the longest idle connection makes room for a new one", "[rest][server]") {
    RestFixture fixture({.connections = 2});
    RawClient first(fixture.port);
    CHECK(first.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
    RawClient second(fixture.port);
    CHECK(second.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
    RawClient third(fixture.port);
    CHECK(third.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
    CHECK(first.closed());
    CHECK(second.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
}

TEST_CASE("stopping ends idle connections and accepts no more", "[rest][server]") {
    std::optional<RestFixture> fixture(std::in_place);
    RawClient client(fixture->port);
    CHECK(client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
    const auto port = fixture->port;
    fixture.reset();
    CHECK(client.closed());
    CHECK_THROWS(RawClient(port));
}

TEST_CASE("a port that is taken is named", "[rest][server]") {
    RestFixture fixture;
    asio::io_context context;
    Server second(context.get_executor(), {.listeners = {{.host = "127.0.0.1", .port = fixture.port}}}, nullptr, {});
    CHECK_THROWS_WITH(second.listen(),
                      Catch::Contains("127.0.0.1:" + std::to_string(fixture.port)) && Catch::Contains("listeners"));
}
