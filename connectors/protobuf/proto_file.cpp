#include "connectors/protobuf/proto_file.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/protobuf/known_files.hpp"

#include <fmt/core.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

namespace millrace::protobuf {

namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;

constexpr const char* main_file = "schema.proto";
constexpr int most_import_levels = 20;
constexpr std::size_t most_text_bytes = 16 << 20;

class SyntaxErrors final : public google::protobuf::io::ErrorCollector {
public:
    void AddError(int line, int column, const std::string& message) override {
        if (first.empty()) first = fmt::format("line {}, column {}: {}", line + 1, column + 1, message);
    }
    std::string first;
};

class MeaningErrors final : public DescriptorPool::ErrorCollector {
public:
    void AddError(const std::string&, const std::string& element, const google::protobuf::Message*, ErrorLocation,
                  const std::string& message) override {
        if (first.empty()) first = fmt::format("{}: {}", element, message);
    }
    std::string first;
};

FileDescriptorProto parse(const std::string& name, std::string_view text) {
    if (text.size() > most_text_bytes) throw DataException(fmt::format("The Protobuf schema {} is too long", name));
    google::protobuf::io::ArrayInputStream in(text.data(), static_cast<int>(text.size()));
    SyntaxErrors errors;
    google::protobuf::io::Tokenizer tokens(&in, &errors);
    google::protobuf::compiler::Parser parser;
    parser.RecordErrorsTo(&errors);
    FileDescriptorProto file;
    if (!parser.Parse(&tokens, &file) || !errors.first.empty())
        throw DataException(fmt::format("Invalid Protobuf schema {}: {}", name, errors.first));
    file.set_name(name);
    // Confluent's own converter uses it without an import.
    const auto imported = file.dependency();
    if (text.find("(confluent.") != std::string_view::npos && std::ranges::find(imported, meta_file) == imported.end())
        file.add_dependency(std::string(meta_file));
    return file;
}

class Builder {
public:
    Builder(DescriptorPool& pool, ProtoFile::Texts others) : pool_(pool), others_(others) {}

    const FileDescriptor* build(const FileDescriptorProto& file, int level) {
        if (level > most_import_levels) throw DataException("Imports of Protobuf schemas go too deep, or in a circle");
        for (const auto& import : file.dependency()) {
            if (pool_.FindFileByName(import) == nullptr) build(find(import), level + 1);
        }
        MeaningErrors errors;
        const auto* built = pool_.BuildFileCollectingErrors(file, &errors);
        if (built == nullptr)
            throw DataException(fmt::format("Invalid Protobuf schema {}: {}", file.name(), errors.first));
        return built;
    }

private:
    FileDescriptorProto find(const std::string& name) const {
        const auto other = std::ranges::find(others_, name, &std::pair<std::string, std::string>::first);
        if (other != others_.end()) return parse(name, other->second);
        if (const auto known = known_file(name); !known.empty()) return parse(name, known);
        const auto* own = DescriptorPool::generated_pool()->FindFileByName(name);
        if (own == nullptr)
            throw DataException(fmt::format("The Protobuf schema imports {}, which it does not refer to", name));
        FileDescriptorProto file;
        own->CopyTo(&file);
        return file;
    }

    DescriptorPool& pool_;
    ProtoFile::Texts others_;
};

}

struct ProtoFile::Parts {
    DescriptorPool pool;
    const FileDescriptor* file = nullptr;
};

ProtoFile::ProtoFile(std::string_view text, Texts others) : parts_(std::make_unique<Parts>()) {
    parts_->file = Builder(parts_->pool, others).build(parse(main_file, text), 0);
}

ProtoFile::~ProtoFile() = default;

const google::protobuf::Descriptor& ProtoFile::message(std::span<const std::int32_t> path) const {
    const google::protobuf::Descriptor* found = nullptr;
    for (const auto index : path) {
        const auto count = found == nullptr ? parts_->file->message_type_count() : found->nested_type_count();
        if (index < 0 || index >= count)
            throw DataException(fmt::format("The Protobuf schema has no message at index {}", index));
        found = found == nullptr ? parts_->file->message_type(index) : found->nested_type(index);
    }
    if (found == nullptr) throw DataException("Protobuf data names no message of its schema");
    return *found;
}

const google::protobuf::Descriptor* ProtoFile::message(std::string_view full_name) const {
    const auto* found = parts_->pool.FindMessageTypeByName(std::string(full_name));
    return found != nullptr && found->file() == parts_->file ? found : nullptr;
}

}
