#include "connectors/config_providers/kubernetes_providers.hpp"

#include "connectors/http/http_client.hpp"
#include "connectors/support/json.hpp"
#include "connectors/support/regex.hpp"
#include "connectors/support/text.hpp"
#include "connectors/tls/pem.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <utility>

namespace millrace::config_providers {

namespace {

constexpr std::string_view account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::size_t most_answer_bytes = 4 * 1024 * 1024;  ///< a resource has at most 1 MiB, before base64

std::string variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets variables
    return value == nullptr ? "" : value;
}

/// Its `data`, as it came. Throws DataException.
std::map<std::string, std::string, std::less<>> data_of(const std::string& text) {
    const json::Document answer(text);
    std::map<std::string, std::string, std::less<>> found;
    const auto* data = answer.root().find("data");
    if (data == nullptr) return found;
    for (const auto& member : data->members()) found.insert_or_assign(std::string(member.name), member.value.text());
    return found;
}

/// "*.crt" against a key's whole name.
bool matches(std::string_view pattern, std::string_view key) {
    std::size_t at = 0, done = 0, tried = 0;
    auto star = std::string_view::npos;
    while (done < key.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            tried = done;
        } else if (at < pattern.size() && pattern[at] == key[done]) {
            ++at;
            ++done;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            done = ++tried;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}

PodAccess access_of_this_pod() {
    auto host = variable("KUBERNETES_SERVICE_HOST");
    const auto port = variable("KUBERNETES_SERVICE_PORT");
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return {.url = host.empty() ? "" : fmt::format("https://{}:{}", host, port.empty() ? "443" : port),
            .folder = std::string(account_folder)};
}

KubernetesConfigProvider::KubernetesConfigProvider(std::string_view kind, std::string_view plural, PodAccess access)
    : kind_(kind), plural_(plural), access_(std::move(access)) {}

std::string KubernetesConfigProvider::ask(const std::string& space, const std::string& name) const {
    const auto refusal = fmt::format("Failed to retrieve {} {} from Kubernetes namespace {}", kind_, name, space);
    HttpOptions options{.most_answer_bytes = most_answer_bytes};
    if (access_.url.starts_with("https://")) {
        options.tls.trusted_certificates = read_tls_file(access_.folder + "/ca.crt");
    }
    const std::string token(trim(read_tls_file(access_.folder + "/token")));
    HttpAnswer answer;
    try {
        answer = HttpClient(options).send(
            {.url = fmt::format("{}/api/v1/namespaces/{}/{}/{}", access_.url, space, plural_, name),
             .headers = {"Authorization: Bearer " + token, "Accept: application/json"}});
    } catch (const NoAnswerException& e) {
        throw ConfigException(fmt::format("{}: {}", refusal, e.what()));
    }
    if (answer.status == 404) throw ConfigException(fmt::format("{} {} in namespace {} not found", kind_, name, space));
    if (answer.status != 200) {
        throw ConfigException(
            fmt::format("{}: status {}{}", refusal, answer.status,
                        answer.status == 403 ? ", the pod's service account lacks the right get" : ""));
    }
    return answer.body;
}

Settings KubernetesConfigProvider::get(std::string_view path, std::span<const std::string> keys) {
    static const Regex form("([a-z0-9.-]+/)?([a-z0-9.-]+)");
    if (!form.matches(path)) {
        throw ConfigException(
            fmt::format("Invalid path {}. It has to be in format <namespace>/<{}> (or <{}> for default namespace).",
                        path, lower_case(kind_), lower_case(kind_)));
    }
    if (access_.url.empty()) {
        throw ConfigException(fmt::format(
            "{} {} cannot be asked for: KUBERNETES_SERVICE_HOST is not set, so this is no pod of Kubernetes", kind_,
            path));
    }
    const auto slash = path.find('/');
    const std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
    const std::string space(slash == std::string_view::npos ? trim(read_tls_file(access_.folder + "/namespace"))
                                                            : path.substr(0, slash));
    Settings found;
    const auto data = data_of(ask(space, name));
    for (const auto& key : keys) {
        if (const auto value = data.find(key); value != data.end()) {
            found.insert_or_assign(key, value_of(value->second));
            continue;
        }
        if (key.find('*') == std::string::npos) continue;
        std::string all;
        for (const auto& [one, value] : data) {
            if (matches(key, one)) all += (all.empty() ? "" : "\n") + value_of(value);
        }
        if (!all.empty()) found.insert_or_assign(key, std::move(all));
    }
    return found;
}

KubernetesSecretConfigProvider::KubernetesSecretConfigProvider(PodAccess access)
    : KubernetesConfigProvider("Secret", "secrets", std::move(access)) {}

std::string KubernetesSecretConfigProvider::value_of(std::string_view data) const {
    auto value = from_base64(data);
    if (!value) throw ConfigException("A Secret of Kubernetes holds what is no base64");
    return *std::move(value);
}

KubernetesConfigMapConfigProvider::KubernetesConfigMapConfigProvider(PodAccess access)
    : KubernetesConfigProvider("ConfigMap", "configmaps", std::move(access)) {}

}
