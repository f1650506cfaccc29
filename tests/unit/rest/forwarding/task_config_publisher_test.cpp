#include "rest/forwarding/task_config_publisher.hpp"

#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

void publish(const std::string& url, std::optional<cluster::SessionKey> key) {
    asio::io_context context{1};
    TaskConfigPublisher publisher(context.get_executor(), "HmacSHA256");
    auto done = asio::co_spawn(context, publisher.put_task_configs(url, "a/b", {{{"k", "v"}}}, std::move(key)),
                               asio::use_future);
    context.run();
    done.get();
}

}

TEST_CASE("task configurations reach the leader with the signature of exactly their bytes", "[rest][forwarding]") {
    RestFixture leader;
    const auto url = "http://127.0.0.1:" + std::to_string(leader.port) + "/";
    leader.herder.session_key = "secret";
    publish(url, cluster::SessionKey{.key = "secret", .algorithm = "HmacSHA256"});
    CHECK(leader.herder.published == std::map<std::string, std::vector<Settings>>{{"a/b", {{{"k", "v"}}}}});
    CHECK_THROWS_AS(publish(url, cluster::SessionKey{.key = "other", .algorithm = "HmacSHA256"}),
                    cluster::SignatureException);
    CHECK_THROWS_WITH(publish(url, std::nullopt), Catch::Contains("Internal request missing required signature"));
}

TEST_CASE("a leader that is not there is an error like any other", "[rest][forwarding]") {
    CHECK_THROWS_AS(publish("http://127.0.0.1:1/", std::nullopt), ConnectException);
    CHECK_THROWS_WITH(publish("ftp://127.0.0.1:1/", std::nullopt), Catch::Contains("no http or https URL"));
}
