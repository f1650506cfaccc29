/// The REST interface of a Confluent-compatible schema registry.
///
/// Threads  One at a time; every call blocks: for http.connect.timeout.ms and http.read.timeout.ms a try, and the waits
///          between tries.
/// Errors   connectors/registry/errors.hpp. What failed in passing (no answer, 408, 429, 5xx) is tried again by itself.
/// Facts    Confluent Schema Registry API, v1.
#pragma once
#include "connectors/registry/errors.hpp"
#include "connectors/registry/login_headers.hpp"
#include "connectors/registry/registry_config.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::registry {

struct SchemaReference {
    std::string name;
    std::string subject;
    std::int32_t version = 0;
    bool operator==(const SchemaReference&) const = default;
};

/// A schema as the registry knows it.
struct SchemaText {
    std::string type = {};  ///< AVRO, JSON or PROTOBUF
    std::string text;
    std::vector<SchemaReference> references = {};
    bool operator==(const SchemaText&) const = default;
};

struct RegisteredSchema {
    std::int32_t id = 0;
    std::int32_t version = 0;
    std::string guid = {};  ///< empty where the registry says none, as those before 8.0 do
    SchemaText schema;
};

class RegistryClient {
public:
    struct Environment {
        /// Ends early when the stop is requested.
        std::function<void(std::chrono::milliseconds, const std::stop_token&)> wait;
        std::function<double()> random;  ///< from 0 to 1
        std::function<std::chrono::steady_clock::time_point()> now;
    };
    static Environment real_environment();

    explicit RegistryClient(RegistryConfig config, Environment environment = real_environment());

    /// The schema's id and GUID; it is made a version of the subject if it is none.
    RegisteredSchema add(const std::string& subject, const SchemaText& schema, bool normalize);
    /// Id and version of a schema that the subject has.
    RegisteredSchema look_up(const std::string& subject, const SchemaText& schema, bool normalize);
    RegisteredSchema latest(const std::string& subject);
    RegisteredSchema version(const std::string& subject, std::int32_t version);
    /// `subject` "": whichever has it.
    RegisteredSchema by_id(std::int32_t id, const std::string& subject);
    SchemaText by_guid(const std::string& guid);
    /// The subject that is associated with the topic's keys or values; none if there is none.
    std::optional<std::string> associated_subject(const std::string& topic, bool is_key);

    /// From then on, a call that is asked to stop ends soon, as if the registry could not answer.
    void use_stop(const std::stop_token& stop) { stop_ = stop; }

    const RegistryConfig& config() const noexcept { return config_; }
    /// For messages: the URL that answered last.
    const std::string& url() const noexcept { return config_.urls[current_]; }

private:
    template <class Read>
    auto ask_for(const std::string& what, const HttpRequest& request, Read&& read);
    /// The body of an answer with status 2xx. The request's URL begins behind ours. `what` begins messages:
    /// "Registering a schema under subject orders-value".
    std::string ask(const std::string& what, const HttpRequest& request);
    /// None if it is worth another try, which `failure` then says.
    std::optional<std::string> try_once(const std::string& what, HttpRequest request, std::string& failure);
    std::chrono::milliseconds wait_before(int round);

    RegistryConfig config_;
    Environment env_;
    HttpClient http_;
    LoginHeaders login_;
    std::stop_token stop_;
    std::size_t current_ = 0;  ///< the URL that is asked first
};

}
