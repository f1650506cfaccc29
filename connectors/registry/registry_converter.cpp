#include "connectors/registry/registry_converter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace millrace::registry {

namespace {

constexpr std::size_t kept_buffer_bytes = 1 << 20;
constexpr std::size_t most_topics = 1000;  // that one schema is written to
constexpr std::size_t most_guids = 1000;
constexpr int most_reference_levels = 20;

}

void RegistryConverter::connect(const Settings& settings, bool is_key, std::size_t cached_schemas) {
    written_.emplace(cached_schemas);
    read_.emplace(cached_schemas);
    by_guid_.clear();
    last_writing_ = nullptr;
    last_reading_ = nullptr;
    places_ = schema_id_places(settings, is_key);
    ids_ = std::make_unique<SchemaIds>(settings, is_key);
}

bool RegistryConverter::from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                                          std::string& out) {
    try {
        if (value.is_null() && is_tombstone(schema)) return false;
        const auto& to = writing(topic, schema);
        buffer_.clear();
        to.writer->write(value, buffer_);
        put_prefix(to, out);
    } catch (const std::exception&) {
        rethrow_with(fmt::format("Failed to serialize {} data from topic {}: ", name_, topic));
    }
    out += buffer_.text();
    buffer_.shrink(kept_buffer_bytes);
    return true;
}

void RegistryConverter::put_prefix(const Writing& to, std::string& out) {
    if (!places_.write_header) {
        out += to.prefix;
    } else if (written_headers_ != nullptr) {
        written_headers_->push_back({.key = places_.header, .value = to.prefix});
        written_headers_ = nullptr;
    } else {
        throw DataException("Missing headers: HeaderSchemaIdSerializer cannot be used within another converter");
    }
}

const RegistryConverter::Writing& RegistryConverter::writing(std::string_view topic, const SchemaPtr& schema) {
    const auto fresh = [&](const Writing& known) {
        return known.topic == topic && (!known.until || std::chrono::steady_clock::now() < *known.until);
    };
    if (last_writing_ != nullptr && last_schema_ == schema.get() && fresh(*last_writing_)) return *last_writing_;
    last_writing_ = nullptr;  // what follows may move it
    auto* written = written_->find(schema.get());
    if (written == nullptr) {
        auto plan = plan_writing(schema);
        written = &written_->put(schema.get(), {.schema = schema, .plan = std::move(plan)});
    }
    auto& topics = written->topics;
    auto known = std::ranges::find(topics, topic, &Writing::topic);
    if (known == topics.end() || !fresh(*known)) {
        auto bound = bind(*written, topic);
        if (known != topics.end()) {
            *known = std::move(bound);
        } else {
            if (topics.size() >= most_topics) topics.clear();
            topics.push_back(std::move(bound));
            known = topics.end() - 1;
        }
    }
    last_schema_ = schema.get();
    last_writing_ = &*known;
    return *last_writing_;
}

RegistryConverter::Writing RegistryConverter::bind(const WrittenSchema& written, std::string_view topic) {
    const auto subject = ids_->subject(topic, written.plan.record);
    auto own = written.plan.schema;
    own.references = bind_imports(written.plan.imports);
    auto found = ids_->writer(subject, own);
    Writing writing{.topic = std::string(topic),
                    .prefix = prefix_of(found, subject),
                    .writer = written.plan.writer,
                    .until = found.until};
    if (!found.other || found.other->text == written.plan.schema.text || !written.schema) {
        writing.prefix += writing.writer->selector();
        return writing;
    }
    const auto other = parse(resolved(std::move(*found.other)));
    try {
        writing.writer = other->writing(written.schema, ids_->strict());
    } catch (const DataException& e) {
        throw DataException(fmt::format(
            "Incompatible schema of type '{}'. Set latest.compatibility.strict=false (with use.schema.id: "
            "id.compatibility.strict=false) to disable this check. The schema with id {} of subject {} at {} "
            "will not do: {}",
            type_, found.id, subject, ids_->url(), e.what()));
    }
    writing.prefix += writing.writer->selector();
    return writing;
}

std::string RegistryConverter::prefix_of(const WriterSchema& found, const std::string& subject) {
    std::string prefix;
    if (places_.write_header) {
        append_guid(prefix, ids_->guid(found, subject));
    } else {
        append_prefix(prefix, found.id);
    }
    return prefix;
}

std::vector<SchemaReference> RegistryConverter::bind_imports(const std::vector<WritingImport>& imports) {
    std::vector<SchemaReference> all;
    const auto named = [&](const std::vector<std::string>& names) {
        std::vector<SchemaReference> some;
        std::ranges::copy_if(all, std::back_inserter(some), [&](const SchemaReference& reference) {
            return std::ranges::find(names, reference.name) != names.end();
        });
        return some;
    };
    std::vector<std::string> inner;
    for (const auto& import : imports) {
        auto schema = import.schema;
        schema.references = named(import.imports);
        inner.insert(inner.end(), import.imports.begin(), import.imports.end());
        ids_->writer(import.name, schema);
        all.push_back(
            {.name = import.name, .subject = import.name, .version = ids_->version(import.name, schema).value_or(1)});
    }
    std::erase_if(
        all, [&](const SchemaReference& reference) { return std::ranges::find(inner, reference.name) != inner.end(); });
    return all;
}

SchemaAndValue RegistryConverter::to_connect_data(std::string_view topic, std::optional<std::string_view> data,
                                                  Arena& arena) {
    const auto headers = std::exchange(headers_, {});
    if (!data) return {};
    try {
        const auto message = message_of(*data, headers);
        const auto& from = reading(topic, message, message.selector);
        return {.schema = from.schema, .value = from.reader->read(message.payload, arena)};
    } catch (const std::exception&) {
        rethrow_with(fmt::format("Failed to deserialize data for topic {} to {}: ", topic, name_));
    }
}

/// With its selector apart.
WireMessage RegistryConverter::message_of(std::string_view data, std::span<const RecordHeader> headers) const {
    const auto split = [this](std::string_view prefixed) {
        auto message = read_prefix(prefixed);
        message.selector = message.payload.substr(0, selector_size(message.payload));
        message.payload.remove_prefix(message.selector.size());
        return message;
    };
    if (places_.read_header) {
        const auto last = std::ranges::find(headers.rbegin(), headers.rend(), places_.header, &RecordHeader::key);
        if (last != headers.rend() && last->value) {
            auto message = split(*last->value);
            message.payload = data;
            return message;
        }
    }
    return split(data);
}

const ReadingPlan& RegistryConverter::reading(std::string_view topic, const WireMessage& message,
                                              std::string_view selector) {
    if (!message.id) {
        const auto key = fmt::format("{}{}{}", message.guid, selector, topic);
        const auto known = by_guid_.find(key);
        if (known != by_guid_.end()) return known->second;
        auto planned = plan_reading(topic, message, selector);
        if (by_guid_.size() >= most_guids) by_guid_.clear();
        return by_guid_.emplace(key, std::move(planned)).first->second;
    }
    if (last_reading_ != nullptr && last_id_ == *message.id && last_topic_ == topic && last_selector_ == selector)
        return *last_reading_;
    last_reading_ = nullptr;
    const ReadingKey key{*message.id, topic, selector};
    const auto* known = read_->find(key);
    if (known == nullptr) known = &read_->put(key, plan_reading(topic, message, selector));
    last_id_ = *message.id;
    last_topic_ = topic;
    last_selector_ = selector;
    last_reading_ = known;
    return *known;
}

ReadingPlan RegistryConverter::plan_reading(std::string_view topic, const WireMessage& message,
                                            std::string_view selector) {
    auto schema =
        message.id ? ids_->by_id(*message.id, ids_->subject_before_reading(topic)) : ids_->by_guid(message.guid);
    const auto name = message.id ? fmt::format("id {}", *message.id) : fmt::format("GUID {}", message.guid);
    if (schema.type != type_)
        throw DataException(
            fmt::format("The schema with {} at {} is of type {}, not {}", name, ids_->url(), schema.type, type_));
    const auto parsed = parse(resolved(schema));
    if (!selector.empty()) parsed->select(selector);
    const auto subject = ids_->subject(topic, parsed->record());
    const auto version = ids_->version(subject, schema);
    try {
        return parsed->reading(version);
    } catch (const DataException&) {
        rethrow_with(fmt::format("The schema with {} of subject {} at {}: ", name, subject, ids_->url()));
    }
}

ResolvedSchema RegistryConverter::resolved(SchemaText schema) {
    ResolvedSchema found;
    add_references(schema, found, 0);
    found.schema = std::move(schema);
    return found;
}

void RegistryConverter::add_references(const SchemaText& schema, ResolvedSchema& found, int level) {
    if (level > most_reference_levels) throw DataException("References between schemas go too deep, or in a circle");
    for (const auto& reference : schema.references) {
        auto referred = ids_->by_reference(reference);
        add_references(referred, found, level + 1);
        std::pair named{reference.name, std::move(referred.text)};
        if (std::ranges::find(found.references, named) == found.references.end())
            found.references.push_back(std::move(named));
    }
}

}
