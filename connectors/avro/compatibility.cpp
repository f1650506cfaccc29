#include "connectors/avro/compatibility.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <utility>

namespace millrace::avro {

namespace {

using Reason = std::optional<std::string>;

/// A writer's number or text that becomes another of the reader's.
bool promotes(AvroType writer, AvroType reader) noexcept {
    switch (writer) {
    case AvroType::Int:
        return reader == AvroType::Long || reader == AvroType::Float || reader == AvroType::Double;
    case AvroType::Long:
        return reader == AvroType::Float || reader == AvroType::Double;
    case AvroType::Float:
        return reader == AvroType::Double;
    case AvroType::String:
        return reader == AvroType::Bytes;
    case AvroType::Bytes:
        return reader == AvroType::String;
    default:
        return false;
    }
}

class Comparison {
public:
    Reason compare(const AvroSchema& reader, const AvroSchema& writer, const std::string& path) {
        if (!open_.insert({&reader, &writer}).second) return std::nullopt;  // answered where it was first asked
        if (writer.type == AvroType::Union) return every_branch(reader, writer, path);
        if (reader.type == AvroType::Union) return some_branch(reader, writer, path);
        if (reader.type != writer.type) {
            if (promotes(writer.type, reader.type)) return std::nullopt;
            return refuse(path, fmt::format("{} cannot be read as {}", to_string(writer.type), to_string(reader.type)));
        }
        switch (reader.type) {
        case AvroType::Array:
        case AvroType::Map:
            return compare(*reader.parts[0], *writer.parts[0], path + "[]");
        case AvroType::Record:
            return compare_records(reader, writer, path);
        case AvroType::Enum:
            return compare_enums(reader, writer, path);
        case AvroType::Fixed:
            if (reader.size == writer.size && same_name(reader, writer)) return std::nullopt;
            return refuse(path, fmt::format("fixed {} of {} bytes is not {} of {}", writer.name, writer.size,
                                            reader.name, reader.size));
        default:
            return std::nullopt;
        }
    }

private:
    static Reason refuse(const std::string& path, const std::string& why) {
        return path.empty() ? why : fmt::format("{}: {}", path, why);
    }

    static bool same_name(const AvroSchema& reader, const AvroSchema& writer) {
        return simple_name(reader.name) == simple_name(writer.name) ||
               std::ranges::find(reader.aliases, writer.name) != reader.aliases.end();
    }

    Reason every_branch(const AvroSchema& reader, const AvroSchema& writer, const std::string& path) {
        for (const auto* branch : writer.parts) {
            if (auto reason = compare(reader, *branch, path)) return reason;
        }
        return std::nullopt;
    }

    Reason some_branch(const AvroSchema& reader, const AvroSchema& writer, const std::string& path) {
        for (const auto* branch : reader.parts) {
            if (!Comparison(*this).compare(*branch, writer, path)) return std::nullopt;
        }
        return refuse(path, fmt::format("no branch of the union reads {} {}", to_string(writer.type), writer.name));
    }

    Reason compare_records(const AvroSchema& reader, const AvroSchema& writer, const std::string& path) {
        if (!same_name(reader, writer))
            return refuse(path, fmt::format("record {} is not {}", writer.name, reader.name));
        for (const auto& field : reader.fields) {
            const auto* written = writer.field(field.name);
            for (const auto& alias : field.aliases) {
                if (written == nullptr) written = writer.field(alias);
            }
            const auto inner = path.empty() ? field.name : fmt::format("{}.{}", path, field.name);
            if (written == nullptr) {
                if (field.default_json) continue;
                return refuse(inner, "is not written, and has no default");
            }
            if (auto reason = compare(*field.schema, *written->schema, inner)) return reason;
        }
        return std::nullopt;
    }

    static Reason compare_enums(const AvroSchema& reader, const AvroSchema& writer, const std::string& path) {
        if (!same_name(reader, writer)) return refuse(path, fmt::format("enum {} is not {}", writer.name, reader.name));
        for (const auto& symbol : writer.symbols) {
            if (std::ranges::find(reader.symbols, symbol) == reader.symbols.end() && !reader.default_symbol)
                return refuse(path, fmt::format("symbol {} is not known", symbol));
        }
        return std::nullopt;
    }

    std::set<std::pair<const AvroSchema*, const AvroSchema*>> open_;
};

}

std::optional<std::string> why_unreadable(const AvroSchema& reader, const AvroSchema& writer) {
    return Comparison().compare(reader, writer, "");
}

}
