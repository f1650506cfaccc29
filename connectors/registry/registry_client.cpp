#include "connectors/registry/registry_client.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/wait.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <random>

namespace millrace::registry {

namespace {

constexpr std::size_t most_shown_bytes = 500;  // of an answer that is no JSON
constexpr int most_doublings = 20;

bool passes(long status) noexcept {
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

/// "message; error code: 40401" of an error's body.
std::string registry_words(const HttpAnswer& answer) {
    try {
        const json::Document error(answer.body);
        const auto* message = error.root().find("message");
        const auto* code = error.root().find("error_code");
        if (message != nullptr && message->is_string())
            return fmt::format("{}; error code: {}", message->text(),
                               code != nullptr ? code->as_integer().value_or(answer.status) : answer.status);
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): a proxy's page, or nothing
    }
    if (answer.body.empty()) return fmt::format("status {}", answer.status);
    return fmt::format("status {}: {}", answer.status, answer.body.substr(0, most_shown_bytes));
}

std::string body_of(const SchemaText& schema) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object().key("schema").string(schema.text);
    if (schema.type != "AVRO") writer.key("schemaType").string(schema.type);
    if (!schema.references.empty()) {
        writer.key("references").begin_array();
        for (const auto& reference : schema.references) {
            writer.begin_object().key("name").string(reference.name);
            writer.key("subject").string(reference.subject).key("version").integer(reference.version).end_object();
        }
        writer.end_array();
    }
    writer.end_object();
    return body;
}

std::string text_at(const json::Node& node, std::string_view name) {
    const auto* member = node.find(name);
    return member != nullptr && member->is_string() ? std::string(member->text()) : std::string();
}

std::int32_t number_at(const json::Node& node, std::string_view name) {
    const auto* member = node.find(name);
    return member == nullptr ? 0 : static_cast<std::int32_t>(member->as_integer().value_or(0));
}

SchemaText schema_in(const json::Node& node) {
    SchemaText schema{.type = text_at(node, "schemaType"), .text = text_at(node, "schema")};
    if (schema.type.empty()) schema.type = "AVRO";
    if (const auto* references = node.find("references"); references != nullptr && references->is_array()) {
        for (const auto& part : references->elements())
            schema.references.push_back({.name = text_at(part, "name"),
                                         .subject = text_at(part, "subject"),
                                         .version = number_at(part, "version")});
    }
    return schema;
}

std::string subject_path(const std::string& subject) { return "/subjects/" + percent_encoded(subject); }

RegisteredSchema registered(const json::Node& node) {
    return {.id = number_at(node, "id"),
            .version = number_at(node, "version"),
            .guid = text_at(node, "guid"),
            .schema = schema_in(node)};
}

}

RegistryClient::Environment RegistryClient::real_environment() {
    return {.wait = wait_or_stop,
            .random = [chance = std::mt19937_64(
                           std::random_device{}())]() mutable { return std::uniform_real_distribution<>()(chance); },
            .now = std::chrono::steady_clock::now};
}

RegistryClient::RegistryClient(RegistryConfig config, Environment environment)
    : config_(std::move(config)), env_(std::move(environment)), http_(config_.http), login_(config_.login, env_.now) {}

/// Reads the answer, which is JSON, with `read`.
template <class Read>
auto RegistryClient::ask_for(const std::string& what, const HttpRequest& request, Read&& read) {
    const auto body = ask(what, request);
    try {
        const json::Document document(body);
        return read(document.root());
    } catch (const json::ParseException&) {
        throw UnavailableException(
            fmt::format("{} failed: the answer of {} is not JSON: {}", what, url(), body.substr(0, most_shown_bytes)));
    }
}

RegisteredSchema RegistryClient::add(const std::string& subject, const SchemaText& schema, bool normalize) {
    return ask_for(fmt::format("Registering a schema under subject {}", subject),
                   {.method = "POST",
                    .url = fmt::format("{}/versions?normalize={}", subject_path(subject), normalize),
                    .body = body_of(schema)},
                   registered);
}

RegisteredSchema RegistryClient::look_up(const std::string& subject, const SchemaText& schema, bool normalize) {
    return ask_for(fmt::format("Looking up a schema under subject {}", subject),
                   {.method = "POST",
                    .url = fmt::format("{}?normalize={}&deleted=false", subject_path(subject), normalize),
                    .body = body_of(schema)},
                   registered);
}

RegisteredSchema RegistryClient::latest(const std::string& subject) {
    return ask_for(fmt::format("Reading the latest schema of subject {}", subject),
                   {.url = subject_path(subject) + "/versions/latest"}, registered);
}

RegisteredSchema RegistryClient::version(const std::string& subject, std::int32_t version) {
    return ask_for(fmt::format("Reading version {} of subject {}", version, subject),
                   {.url = fmt::format("{}/versions/{}?deleted=true", subject_path(subject), version)}, registered);
}

RegisteredSchema RegistryClient::by_id(std::int32_t id, const std::string& subject) {
    auto path = fmt::format("/schemas/ids/{}?fetchMaxId=false", id);
    if (!subject.empty()) path += "&subject=" + percent_encoded(subject);
    const auto of_subject = subject.empty() ? "" : fmt::format(" of subject {}", subject);
    return ask_for(fmt::format("Reading the schema with id {}{}", id, of_subject), {.url = path}, registered);
}

SchemaText RegistryClient::by_guid(const std::string& guid) {
    return ask_for(fmt::format("Reading the schema with GUID {}", guid), {.url = "/schemas/guids/" + guid}, schema_in);
}

std::optional<std::string> RegistryClient::associated_subject(const std::string& topic, bool is_key) {
    const auto path =
        fmt::format("/associations/resources/-/{}?resourceType=topic&associationType={}&offset=0&limit=-1",
                    percent_encoded(topic), is_key ? "key" : "value");
    try {
        return ask_for(fmt::format("Reading the subject that topic {} is associated with", topic), {.url = path},
                       [](const json::Node& node) -> std::optional<std::string> {
                           if (!node.is_array() || node.elements().empty()) return std::nullopt;
                           return text_at(node.elements().front(), "subject");
                       });
    } catch (const RefusedException& e) {
        if (e.status == 404) return std::nullopt;
        throw;
    }
}

std::optional<std::string> RegistryClient::try_once(const std::string& what, HttpRequest request,
                                                    std::string& failure) {
    request.url.insert(0, url());
    request.headers = {"Content-Type: application/vnd.schemaregistry.v1+json",
                       "Accept: application/vnd.schemaregistry.v1+json, application/json",
                       "Confluent-Accept-Unknown-Properties: true"};
    request.headers.insert(request.headers.end(), config_.headers.begin(), config_.headers.end());
    HttpAnswer answer;
    try {
        const auto login = login_.get(stop_);
        request.headers.insert(request.headers.end(), login.begin(), login.end());
        answer = http_.send(request, stop_);
    } catch (const RetriableException& e) {
        failure = e.what();
        return std::nullopt;
    }
    if (answer.status >= 200 && answer.status < 300) return std::move(answer.body);
    failure = fmt::format("{} answers {}", url(), registry_words(answer));
    const auto message = fmt::format("{} failed: {}", what, failure);
    if (answer.status == 401 && login_.renew()) return std::nullopt;
    if (answer.status == 401 || answer.status == 403)
        throw ForbiddenException(message + "; see basic.auth.* and bearer.auth.* of the converter");
    if (!passes(answer.status)) throw RefusedException(message, answer.status);
    return std::nullopt;
}

std::chrono::milliseconds RegistryClient::wait_before(int round) {
    const auto longest =
        std::min(config_.retry_wait * (std::int64_t{1} << std::min(round - 1, most_doublings)), config_.retry_wait_max);
    const auto share = env_.random() * static_cast<double>(longest.count());
    return std::chrono::milliseconds(std::max<std::int64_t>(static_cast<std::int64_t>(share), 1));
}

std::string RegistryClient::ask(const std::string& what, const HttpRequest& request) {
    std::string failure;
    for (int round = 0; round <= config_.retries; ++round) {
        if (round > 0) env_.wait(wait_before(round), stop_);
        if (round > 0 && stop_.stop_requested()) break;
        for (std::size_t asked = 0; asked < config_.urls.size(); ++asked) {
            if (auto answer = try_once(what, request, failure)) return std::move(*answer);
            if (stop_.stop_requested()) break;
            current_ = (current_ + 1) % config_.urls.size();
        }
    }
    if (stop_.stop_requested())
        throw UnavailableException(fmt::format("{} was cut short by a stop: {}", what, failure));
    const auto tries = (config_.retries + 1) * static_cast<int>(config_.urls.size());
    throw UnavailableException(fmt::format("{} failed {} times: {}", what, tries, failure));
}

}
