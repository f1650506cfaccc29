#include "connectors/avro/decode_plan.hpp"

#include "connectors/avro/avro_to_connect.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::avro {

std::size_t Blocks::next() {
    auto count = in_.read_long();
    if (count < 0) {
        if (count == INT64_MIN) in_.fail("has a block without a size");
        count = -count;
        in_.read_long();  // the block's size in bytes, for those that skip it
    }
    const auto elements = static_cast<std::uint64_t>(count);
    if (empty_) {
        in_.take_empty(elements);
    } else if (elements > in_.remaining()) {
        in_.fail(fmt::format("has a block of {} elements in {} bytes", elements, in_.remaining()));
    }
    return elements;
}

DecodePlan::DecodePlan(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) : code_(Code::Null) {
    switch (avro.type) {
    case AvroType::Null:
        return;
    case AvroType::Boolean:
        code_ = Code::Boolean;
        return;
    case AvroType::Int:
        code_ = connect.type() == Type::Int8 ? Code::Int8 : connect.type() == Type::Int16 ? Code::Int16 : Code::Int32;
        return;
    case AvroType::Long:
        code_ = Code::Int64;
        return;
    case AvroType::Float:
        code_ = Code::Float;
        return;
    case AvroType::Double:
        code_ = Code::Double;
        return;
    case AvroType::String:
        code_ = Code::String;
        return;
    case AvroType::Bytes:
        code_ = Code::Bytes;
        return;
    case AvroType::Fixed:
        code_ = Code::Fixed;
        size_ = avro.size;
        return;
    case AvroType::Enum:
        code_ = Code::Enum;
        symbols_ = avro.symbols;
        return;
    case AvroType::Array:
        if (connect.type() == Type::Array) {
            code_ = Code::Array;
            parts_.emplace_back(DecodePlan(*connect.value_schema(), *avro.parts[0], options));
            return;
        }
        code_ = Code::Entries;
        key_first_ = avro.parts[0]->fields[0].name == "key";
        parts_.emplace_back(DecodePlan(*connect.key_schema(), *avro.parts[0]->field("key")->schema, options));
        parts_.emplace_back(DecodePlan(*connect.value_schema(), *avro.parts[0]->field("value")->schema, options));
        return;
    case AvroType::Map:
        code_ = Code::Map;
        parts_.emplace_back(DecodePlan(Code::String));
        parts_.emplace_back(DecodePlan(*connect.value_schema(), *avro.parts[0], options));
        return;
    case AvroType::Record:
        code_ = Code::Record;
        for (std::size_t i = 0; i < avro.fields.size(); ++i)
            parts_.emplace_back(DecodePlan(*connect.fields()[i].schema, *avro.fields[i].schema, options));
        return;
    case AvroType::Union:
        plan_union(connect, avro, options);
        return;
    }
}

void DecodePlan::plan_union(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) {
    const bool single = only_branch(avro, options) != nullptr;
    code_ = single ? Code::Either : Code::Union;
    size_ = single ? 0 : static_cast<std::int32_t>(connect.fields().size());
    std::int32_t field = 0;
    for (const auto* branch : avro.parts) {
        const bool null = branch->type == AvroType::Null;
        fields_.push_back(null ? -1 : field);
        if (null) {
            parts_.emplace_back(DecodePlan(Code::Null));
        } else {
            const auto& schema = single ? connect : *connect.fields()[static_cast<std::size_t>(field++)].schema;
            parts_.emplace_back(DecodePlan(schema, *branch, options));
        }
    }
}

Value DecodePlan::read(std::string_view payload, Arena& arena) const {
    if (code_ == Code::Bytes) return Value::bytes(payload);  // all of the data, so they have no length
    BinaryReader in(payload);
    const auto value = read_any(in, arena);
    if (in.remaining() != 0) in.fail(fmt::format("goes on for {} bytes behind its end", in.remaining()));
    return value;
}

bool DecodePlan::may_be_empty() const noexcept {
    if (code_ == Code::Null) return true;
    if (code_ == Code::Fixed) return size_ == 0;
    return code_ == Code::Record && std::ranges::all_of(parts_, [](const auto& part) { return part.may_be_empty(); });
}

Value DecodePlan::read_any(BinaryReader& in, Arena& arena) const {
    switch (code_) {
    case Code::Null:
        return {};
    case Code::Boolean:
        return Value::boolean(in.read_boolean());
    case Code::Int8:
        return Value::int8(static_cast<std::int8_t>(in.read_int()));
    case Code::Int16:
        return Value::int16(static_cast<std::int16_t>(in.read_int()));
    case Code::Int32:
        return Value::int32(in.read_int());
    case Code::Int64:
        return Value::int64(in.read_long());
    case Code::Float:
        return Value::float32(in.read_real<float>());
    case Code::Double:
        return Value::float64(in.read_real<double>());
    case Code::String:
        return Value::string(in.read_text());
    case Code::Bytes:
        return Value::bytes(in.read_text());
    case Code::Fixed:
        return Value::bytes(in.read_bytes(static_cast<std::uint64_t>(size_)));
    case Code::Enum:
        return read_enum(in, arena);
    case Code::Array:
        return read_list(in, arena);
    case Code::Map:
    case Code::Entries:
        return read_map(in, arena);
    case Code::Record: {
        auto* values = arena.make_array<Value>(parts_.size());
        for (std::size_t i = 0; i < parts_.size(); ++i) values[i] = parts_[i].read_any(in, arena);
        return Value::structure({values, parts_.size()});
    }
    case Code::Either:
    case Code::Union:
        return read_union(in, arena);
    }
    return {};
}

Value DecodePlan::read_enum(BinaryReader& in, Arena& arena) const {
    const auto index = in.read_long();
    if (index < 0 || static_cast<std::uint64_t>(index) >= symbols_.size())
        in.fail(fmt::format("has symbol {} of an enum of {}", index, symbols_.size()));
    return Value::string(arena.copy(symbols_[static_cast<std::size_t>(index)]));
}

Value DecodePlan::read_list(BinaryReader& in, Arena& arena) const {
    std::vector<Value> values;
    Blocks blocks(in, parts_[0].may_be_empty());
    while (const auto count = blocks.next()) {
        for (std::size_t i = 0; i < count; ++i) values.push_back(parts_[0].read_any(in, arena));
    }
    auto* kept = arena.make_array<Value>(values.size());
    std::ranges::copy(values, kept);
    return Value::array({kept, values.size()});
}

Value DecodePlan::read_map(BinaryReader& in, Arena& arena) const {
    std::vector<MapEntry> entries;
    Blocks blocks(in, parts_[0].may_be_empty() && parts_[1].may_be_empty());
    while (const auto count = blocks.next()) {
        for (std::size_t i = 0; i < count; ++i) {
            MapEntry entry;
            if (key_first_) entry.key = parts_[0].read_any(in, arena);
            entry.value = parts_[1].read_any(in, arena);
            if (!key_first_) entry.key = parts_[0].read_any(in, arena);
            entries.push_back(entry);
        }
    }
    auto* kept = arena.make_array<MapEntry>(entries.size());
    std::ranges::copy(entries, kept);
    return Value::map({kept, entries.size()});
}

Value DecodePlan::read_union(BinaryReader& in, Arena& arena) const {
    const auto index = in.read_long();
    if (index < 0 || static_cast<std::uint64_t>(index) >= parts_.size())
        in.fail(fmt::format("has branch {} of a union of {}", index, parts_.size()));
    const auto branch = static_cast<std::size_t>(index);
    const auto value = parts_[branch].read_any(in, arena);
    if (code_ == Code::Either || fields_[branch] < 0) return value;
    auto* values = arena.make_array<Value>(static_cast<std::size_t>(size_));
    values[fields_[branch]] = value;
    return Value::structure({values, static_cast<std::size_t>(size_)});
}

}
