#include "connectors/registry/schema_ids.hpp"

#include "connectors/registry/registry_keys.hpp"

#include <fmt/format.h>

namespace millrace::registry {

namespace {

std::string strategy_key(bool is_key) { return is_key ? "key.subject.name.strategy" : "value.subject.name.strategy"; }

}

SchemaIds::SchemaIds(const Settings& settings, bool is_key, RegistryClient::Environment environment)
    : client_(read_registry_config(settings), environment),
      env_(std::move(environment)),
      is_key_(is_key),
      strategy_(SubjectStrategy::Topic),
      auto_register_(true),
      use_latest_(false),
      normalize_(false),
      strict_(true),
      use_id_(-1),
      ids_(client_.config().cache_size),
      versions_(client_.config().cache_size),
      latest_(client_.config().latest_cache_size),
      schemas_(client_.config().cache_size),
      associated_(client_.config().cache_size) {
    const Config config(registry_keys, settings);
    strategy_ = subject_strategy(config.get_string(strategy_key(is_key)));
    auto_register_ = config.get_boolean("auto.register.schemas");
    use_latest_ = config.get_boolean("use.latest.version");
    normalize_ = config.get_boolean("normalize.schemas");
    use_id_ = config.get_int("use.schema.id");
    strict_ = config.get_boolean(use_id_ >= 0 ? "id.compatibility.strict" : "latest.compatibility.strict");
}

std::string SchemaIds::subject(std::string_view topic, std::string_view record) {
    if (strategy_ != SubjectStrategy::Associated) return subject_name(strategy_, topic, is_key_, record);
    const std::string name(topic);
    if (const auto* known = associated_.find(name)) return *known;
    auto found = client_.associated_subject(name, is_key_);
    return associated_.put(name, found ? *found : subject_name(SubjectStrategy::Topic, topic, is_key_, record));
}

std::string SchemaIds::subject_before_reading(std::string_view topic) {
    const bool by_record = strategy_ == SubjectStrategy::Record || strategy_ == SubjectStrategy::TopicRecord;
    return by_record ? "" : subject(topic, "");
}

WriterSchema SchemaIds::writer(const std::string& subject, const SchemaText& own) {
    if (!auto_register_ && use_id_ >= 0) {
        const auto& other = registered(use_id_, subject);
        return {.id = use_id_, .guid = other.guid, .other = other.schema};
    }
    if (!auto_register_ && use_latest_) {
        const auto now = env_.now();
        if (const auto* known = latest_.find(subject); known != nullptr && (!known->until || now < *known->until))
            return *known;
        auto newest = client_.latest(subject);
        WriterSchema found{.id = newest.id, .guid = newest.guid, .other = std::move(newest.schema)};
        if (const auto ttl = client_.config().latest_cache_ttl) found.until = now + *ttl;
        return latest_.put(subject, std::move(found));
    }
    const Key key{subject, own.type, own.text};
    const auto* known = ids_.find(key);
    if (known == nullptr) {
        auto found = auto_register_ ? client_.add(subject, own, normalize_) : client_.look_up(subject, own, normalize_);
        found.schema = {};
        known = &ids_.put(key, std::move(found));
    }
    return {.id = known->id, .guid = known->guid};
}

const RegisteredSchema& SchemaIds::registered(std::int32_t id, const std::string& subject) {
    const std::pair key{id, subject};
    if (const auto* known = schemas_.find(key)) return *known;
    return schemas_.put(key, client_.by_id(id, subject));
}

const SchemaText& SchemaIds::by_id(std::int32_t id, const std::string& subject) {
    return registered(id, subject).schema;
}

std::string SchemaIds::guid(const WriterSchema& writer, const std::string& subject) {
    if (!writer.guid.empty()) return writer.guid;
    const auto& found = registered(writer.id, subject).guid;
    if (!found.empty()) return found;
    throw PermanentException(
        fmt::format("{}=HeaderSchemaIdSerializer needs GUIDs of schemas, and the registry at {} has none for the "
                    "schema with id {} of subject {}: use PrefixSchemaIdSerializer, or a registry from version 8.0 on",
                    is_key_ ? "key.schema.id.serializer" : "value.schema.id.serializer", url(), writer.id, subject));
}

SchemaText SchemaIds::by_guid(const std::string& guid) { return client_.by_guid(guid); }

SchemaText SchemaIds::by_reference(const SchemaReference& reference) {
    return client_.version(reference.subject, reference.version).schema;
}

std::optional<std::int32_t> SchemaIds::version(const std::string& subject, const SchemaText& schema) {
    const Key key{subject, schema.type, schema.text};
    if (const auto* known = versions_.find(key)) return *known;
    try {
        return versions_.put(key, client_.look_up(subject, schema, normalize_).version);
    } catch (const RefusedException& e) {
        // The topic was renamed or mirrored, or its subject is gone: what is read has no version then.
        if (e.status != 404) throw;
        return versions_.put(key, std::nullopt);
    }
}

}
