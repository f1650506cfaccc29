#include "connectors/config_providers/kubernetes_providers.hpp"

#include "tests/pch.hpp"
#include "tests/unit/connectors/http/fake_http_server.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace millrace::config_providers {

namespace {

/// What the kubelet mounts into a pod of the namespace "shop".
struct Account {
    Account() : folder(std::filesystem::temp_directory_path() / ("account-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "token") << "the-token\n";
        std::ofstream(folder / "namespace") << "shop";
    }
    ~Account() { std::filesystem::remove_all(folder); }
    std::filesystem::path folder;
};

FakeAnswer api_server(const SeenRequest& request) {
    if (request.headers.at("authorization") != "Bearer the-token") return {401, "{}"};
    if (request.path == "/api/v1/namespaces/shop/secrets/db") {
        return {
            200,
            R"({"kind": "Secret", "data": {"b.crt": "QkI=", "a.crt": "QQ==", "password": "czNjcmV0", "bad": "?"}})"};
    }
    if (request.path == "/api/v1/namespaces/other/configmaps/db") return {200, R"({"data": {"host": "QQ=="}})"};
    if (request.path == "/api/v1/namespaces/shop/configmaps/empty") return {200, R"({"kind": "ConfigMap"})"};
    return {request.path.ends_with("/closed") ? 403 : 404, R"({"kind": "Status"})"};
}

Settings get(ConfigProvider& provider, const std::string& path, std::vector<std::string> keys) {
    return provider.get(path, keys);
}

}

TEST_CASE("secrets and config maps of Kubernetes give their values", "[providers]") {
    const Account account;
    FakeHttpServer server(api_server);
    const PodAccess access{.url = server.url(), .folder = account.folder.string()};
    KubernetesSecretConfigProvider secrets(access);
    secrets.configure({});
    CHECK(get(secrets, "shop/db", {"password", "nothing"}) == Settings{{"password", "s3cret"}});
    CHECK(get(secrets, "db", {"password"}) == Settings{{"password", "s3cret"}});
    CHECK(get(secrets, "db", {"*.crt", "*.key", "b*t"}) == Settings{{"*.crt", "A\nBB"}, {"b*t", "BB"}});
    KubernetesConfigMapConfigProvider maps(access);
    CHECK(get(maps, "other/db", {"host"}) == Settings{{"host", "QQ=="}});
    CHECK(get(maps, "empty", {"host"}).empty());
}

TEST_CASE("what Kubernetes does not give is named", "[providers]") {
    const Account account;
    FakeHttpServer server(api_server);
    KubernetesSecretConfigProvider secrets({.url = server.url(), .folder = account.folder.string()});
    CHECK_THROWS_WITH(get(secrets, "none", {"x"}), "Secret none in namespace shop not found");
    CHECK_THROWS_WITH(get(secrets, "other/closed", {"x"}),
                      "Failed to retrieve Secret closed from Kubernetes namespace other: status 403, the pod's service "
                      "account lacks the right get");
    CHECK_THROWS_WITH(get(secrets, "db", {"bad"}), !Catch::Contains("?"));
    for (const auto* path : {"", "a/b/c", "../x/y", "A"}) {
        CHECK_THROWS_WITH(get(secrets, path, {"x"}), Catch::StartsWith(fmt::format("Invalid path {}.", path)));
    }
    CHECK(server.seen().size() == 3);
    KubernetesSecretConfigProvider outside(PodAccess{});
    CHECK_THROWS_WITH(get(outside, "shop/db", {"x"}), Catch::Contains("KUBERNETES_SERVICE_HOST is not set"));
    KubernetesSecretConfigProvider silent({.url = "http://127.0.0.1:1", .folder = account.folder.string()});
    CHECK_THROWS_AS(get(silent, "shop/db", {"x"}), ConfigException);
}

}
