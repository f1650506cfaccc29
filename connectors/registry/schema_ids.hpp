/// What a converter asks of a registry, remembered: the id to write a schema with, and the schema of an id.
///
/// Threads  One at a time; the first question about a schema asks the registry, and blocks.
/// Errors   Those of RegistryClient; what failed is not remembered.
/// Facts    Confluent's documentation of serializers: auto.register.schemas, use.latest.version, use.schema.id.
#pragma once
#include "connectors/registry/lru_cache.hpp"
#include "connectors/registry/registry_client.hpp"
#include "connectors/registry/subject_name.hpp"

#include <optional>
#include <string>
#include <tuple>

namespace millrace::registry {

/// With which schema to write, and its id.
struct WriterSchema {
    std::int32_t id = 0;
    std::string guid = {};                                            ///< empty where the registry did not say it
    std::optional<SchemaText> other = {};                             ///< instead of the record's own; none: that
    std::optional<std::chrono::steady_clock::time_point> until = {};  ///< ask again then; none: never
};

class SchemaIds {
public:
    /// `settings` are a converter's, without its prefix.
    SchemaIds(const Settings& settings, bool is_key,
              RegistryClient::Environment environment = RegistryClient::real_environment());

    /// The subject of the topic's schemas; `record`: the full name of the record, empty for what is none.
    std::string subject(std::string_view topic, std::string_view record);
    /// The same while the schema is not known yet; empty if it depends on that.
    std::string subject_before_reading(std::string_view topic);

    WriterSchema writer(const std::string& subject, const SchemaText& own);
    /// Whether another schema than the record's own must be able to read what that writes.
    bool strict() const noexcept { return strict_; }

    const SchemaText& by_id(std::int32_t id, const std::string& subject);
    SchemaText by_guid(const std::string& guid);
    /// The GUID of a schema that writer() gave. Throws PermanentException where the registry has none.
    std::string guid(const WriterSchema& writer, const std::string& subject);
    SchemaText by_reference(const SchemaReference& reference);
    /// Which version of the subject the schema is; none if it is none of them.
    std::optional<std::int32_t> version(const std::string& subject, const SchemaText& schema);

    void use_stop(const std::stop_token& stop) { client_.use_stop(stop); }
    bool is_key() const noexcept { return is_key_; }
    const std::string& url() const noexcept { return client_.url(); }

private:
    const RegisteredSchema& registered(std::int32_t id, const std::string& subject);

    using Key = std::tuple<std::string, std::string, std::string>;  ///< subject, type, text

    RegistryClient client_;
    RegistryClient::Environment env_;
    bool is_key_;
    SubjectStrategy strategy_;
    bool auto_register_;
    bool use_latest_;
    bool normalize_;
    bool strict_;
    std::int32_t use_id_;
    LruCache<Key, RegisteredSchema> ids_;  ///< without their schemas
    LruCache<Key, std::optional<std::int32_t>> versions_;
    LruCache<std::string, WriterSchema> latest_;                                ///< by subject
    LruCache<std::pair<std::int32_t, std::string>, RegisteredSchema> schemas_;  ///< by id and subject
    LruCache<std::string, std::string> associated_;                             ///< subjects by topic
};

}
