/// A converter whose data stands behind the id of its schema in a registry, whatever form schemas and data have: the
/// part that Avro, JSON Schema and other forms share.
///
/// State    What depends on a schema alone is kept for the last schemas in each direction.
/// Threads  One at a time. The first record of a schema waits for the registry.
/// Errors   RetriableException while the registry cannot answer, PermanentException where it does not let us in,
///          DataException for schemas that it refuses or lacks and for data that does not fit. Messages name topic,
///          subject or id, and the registry.
/// Facts    Confluent's converters and wire format.
#pragma once
#include "connectors/api/header_carrier.hpp"
#include "connectors/api/plugin.hpp"
#include "connectors/api/stop_aware.hpp"
#include "connectors/converters/text_buffer.hpp"
#include "connectors/registry/schema_id_place.hpp"
#include "connectors/registry/schema_ids.hpp"
#include "connectors/registry/wire_format.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace millrace::registry {

/// Writes the values of one schema.
class ValueWriter {
public:
    virtual ~ValueWriter() = default;
    /// Appends to `out`. Throws DataException for a value that does not fit.
    virtual void write(const Value& value, converters::TextBuffer& out) const = 0;
    /// What stands between the id and the data: which part of the schema they are of, if it has several.
    virtual std::string_view selector() const noexcept { return {}; }
};

/// Reads the data of one schema.
class ValueReader {
public:
    virtual ~ValueReader() = default;
    /// The whole payload; the value may point into it. Throws DataException for what is no data of the schema.
    virtual Value read(std::string_view payload, Arena& arena) const = 0;
};

/// A schema as the registry gave it, with those that it refers to: each after what it refers to itself.
struct ResolvedSchema {
    SchemaText schema;
    std::vector<std::pair<std::string, std::string>> references = {};  ///< names and texts
};

/// A schema that others import by name. It is registered under that name, before them.
struct WritingImport {
    std::string name;
    SchemaText schema;
    std::vector<std::string> imports = {};  ///< names of others
};

struct WritingPlan {
    SchemaText schema;
    std::string record = {};  ///< the full name, if it is a record, for names of subjects
    std::shared_ptr<const ValueWriter> writer;
    std::vector<WritingImport> imports = {};  ///< each after those that it imports itself
};

struct ReadingPlan {
    SchemaPtr schema;
    std::shared_ptr<const ValueReader> reader;
};

class ParsedSchema {
public:
    virtual ~ParsedSchema() = default;
    /// Called once before the others when reading: what ValueWriter::selector() wrote.
    virtual void select(std::string_view selector) { (void)selector; }
    virtual std::string record() const = 0;  ///< as in WritingPlan
    /// `version`: which of its subject it is.
    virtual ReadingPlan reading(std::optional<std::int32_t> version) const = 0;
    /// Writes values of `connect` with this schema instead of their own. `strict`: it must be able to read those, too.
    /// Throws DataException saying why it cannot be.
    virtual std::shared_ptr<const ValueWriter> writing(const SchemaPtr& connect, bool strict) const = 0;
};

class RegistryConverter : public Converter, public StopAware, public HeaderCarrier {
public:
    void use_stop(const std::stop_token& stop) final { ids_->use_stop(stop); }
    void write_headers(std::vector<RecordHeader>& headers) final { written_headers_ = &headers; }
    void read_headers(std::span<const RecordHeader> headers) final { headers_ = headers; }
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value, std::string& out) final;
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) final;

protected:
    /// `type` is the registry's word for the form, `name` that of messages.
    RegistryConverter(std::string_view type, std::string_view name) : type_(type), name_(name) {}
    /// For configure().
    void connect(const Settings& settings, bool is_key, std::size_t cached_schemas);

private:
    virtual WritingPlan plan_writing(const SchemaPtr& schema) const = 0;
    virtual std::unique_ptr<ParsedSchema> parse(const ResolvedSchema& schema) const = 0;
    /// Whether a null of this schema has no data at all. May throw DataException.
    virtual bool is_tombstone(const SchemaPtr& schema) const = 0;
    /// How much of what stands behind the id is a selector.
    virtual std::size_t selector_size(std::string_view data) const { return (void)data, 0; }

    /// How the records of one schema are written to one topic.
    struct Writing {
        std::string topic;
        std::string prefix;  ///< before the data, or in the header
        std::shared_ptr<const ValueWriter> writer;
        std::optional<std::chrono::steady_clock::time_point> until = {};
    };
    /// It keeps the schema alive, so that its address cannot come to mean another.
    struct WrittenSchema {
        SchemaPtr schema;
        WritingPlan plan;
        std::vector<Writing> topics = {};
    };
    using ReadingKey = std::tuple<std::int32_t, std::string, std::string>;  ///< id, topic, selector

    const Writing& writing(std::string_view topic, const SchemaPtr& schema);
    Writing bind(const WrittenSchema& written, std::string_view topic);
    std::string prefix_of(const WriterSchema& found, const std::string& subject);
    void put_prefix(const Writing& to, std::string& out);
    WireMessage message_of(std::string_view data, std::span<const RecordHeader> headers) const;
    std::vector<SchemaReference> bind_imports(const std::vector<WritingImport>& imports);
    const ReadingPlan& reading(std::string_view topic, const WireMessage& message, std::string_view selector);
    ReadingPlan plan_reading(std::string_view topic, const WireMessage& message, std::string_view selector);
    ResolvedSchema resolved(SchemaText schema);
    void add_references(const SchemaText& schema, ResolvedSchema& resolved, int level);

    std::string_view type_;
    std::string_view name_;
    std::unique_ptr<SchemaIds> ids_;
    SchemaIdPlaces places_;
    std::vector<RecordHeader>* written_headers_ = nullptr;  ///< of the record that is written
    std::span<const RecordHeader> headers_;                 ///< of the record that is read
    std::optional<LruCache<const Schema*, WrittenSchema>> written_;
    std::optional<LruCache<ReadingKey, ReadingPlan>> read_;
    std::map<std::string, ReadingPlan> by_guid_;
    const Schema* last_schema_ = nullptr;
    const Writing* last_writing_ = nullptr;
    std::int32_t last_id_ = 0;
    std::string last_topic_;
    std::string last_selector_;
    const ReadingPlan* last_reading_ = nullptr;
    converters::TextBuffer buffer_;
};

}
