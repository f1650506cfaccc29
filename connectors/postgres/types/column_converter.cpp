#include "connectors/postgres/types/column_converter.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/codec.hpp"
#include "connectors/postgres/types/default_value.hpp"
#include "connectors/postgres/types/hex.hpp"
#include "connectors/postgres/types/hstore.hpp"
#include "connectors/postgres/types/masking.hpp"
#include "connectors/postgres/types/source_type.hpp"
#include "connectors/support/text.hpp"

#include <algorithm>

namespace millrace::postgres {

namespace {

constexpr int jdbc_other = 1111;

template <class Make>
Value one_per_byte(std::string_view bytes, Arena& arena, Make make) {
    auto* const values = arena.make_array<Value>(bytes.size());
    std::ranges::transform(bytes, values, [&](char c) { return make(static_cast<signed char>(c)); });
    return Value::array({values, bytes.size()});
}

Value single(Value element, Arena& arena) {
    auto* const values = arena.make_array<Value>(1);
    values[0] = element;
    return Value::array({values, 1});
}

Value placeholder_value(Codec::Placeholder kind, std::string_view bytes, bool as_map, Arena& arena) {
    const auto text = arena.copy(to_valid_utf8(bytes));
    switch (kind) {
    case Codec::Placeholder::None:
        return {};
    case Codec::Placeholder::Text:
        return Value::string(text);
    case Codec::Placeholder::Bytes:
        return Value::bytes(bytes);
    case Codec::Placeholder::Base64:
        return Value::string(encode_base64(bytes, false, arena));
    case Codec::Placeholder::Texts:
        return single(Value::string(text), arena);
    case Codec::Placeholder::ByteArrays:
        return single(Value::bytes(bytes), arena);
    case Codec::Placeholder::Ints:
        return one_per_byte(bytes, arena, [](signed char c) { return Value::int32(c); });
    case Codec::Placeholder::Longs:
        return one_per_byte(bytes, arena, [](signed char c) { return Value::int64(c); });
    case Codec::Placeholder::Uuids:
        return single(Value::string(name_uuid(bytes, arena)), arena);
    case Codec::Placeholder::Hstore: {
        auto* const entry = arena.make_array<MapEntry>(1);
        entry[0] = {Value::string(text), Value::string(text)};
        const std::span<const MapEntry> entries(entry, 1);
        return as_map ? Value::map(entries) : Value::string(hstore_json(entries, arena));
    }
    }
    return {};
}

Value zero_value(const Codec& codec, Arena& arena) {
    switch (codec.zero) {
    case Codec::Zero::Text:
        return (codec.convert_zero ? codec.convert_zero : codec.convert)(codec, codec.zero_text, arena);
    case Codec::Zero::EmptyString:
        return Value::string("");
    case Codec::Zero::EmptyBytes:
        return Value::bytes("");
    case Codec::Zero::EmptyArray:
        return Value::array({});
    case Codec::Zero::EpochInstant:
        return Value::string("1970-01-01T00:00:00Z");
    }
    return {};
}

/// A truncation to what the column's length allows anyway is none.
ColumnMapping effective_mapping(const ColumnMapping& mapping, const SourceType& source) {
    if (mapping.kind == ColumnMapping::Kind::Truncate && source.length && *source.length <= mapping.length) return {};
    return mapping;
}

/// Truncation is for every text, masks and hashes are for character types.
bool reaches_values(const ColumnMapping& mapping, const SourceType& source) {
    switch (mapping.kind) {
    case ColumnMapping::Kind::None:
    case ColumnMapping::Kind::PropagateSourceType:
        return false;
    case ColumnMapping::Kind::Truncate:
        return true;
    default:
        return source.characters;
    }
}

void add_mapping_parameters(SchemaParts& parts, const ColumnMapping& mapping, const SourceType& source,
                            const std::string& column) {
    auto& parameters = parts.parameters;
    switch (mapping.kind) {
    case ColumnMapping::Kind::None:
        break;
    case ColumnMapping::Kind::Truncate:
        parameters.emplace_back("truncateLength", fmt::format("{}", mapping.length));
        break;
    case ColumnMapping::Kind::Mask:
    case ColumnMapping::Kind::Hash:
    case ColumnMapping::Kind::HashV2:
        parameters.emplace_back("masked", "true");
        break;
    case ColumnMapping::Kind::PropagateSourceType:
        parameters.emplace_back("__debezium.source.column.type", source.name);
        if (source.length)
            parameters.emplace_back("__debezium.source.column.length", fmt::format("{}", *source.length));
        if (source.scale) parameters.emplace_back("__debezium.source.column.scale", fmt::format("{}", *source.scale));
        parameters.emplace_back("__debezium.source.column.name", column);
        break;
    }
}

}

ColumnConverter::ColumnConverter(const ColumnInfo& column, const TypeRegistry& types, const TypeOptions& options,
                                 const Logger& logger)
    : name_(column.table.empty() ? column.name : column.table + '.' + column.name),
      logger_(logger),
      on_failure_(options.on_failure),
      constants_(std::make_unique<Arena>(256)),
      required_(!column.nullable) {
    check_mapping(column.mapping, name_);
    const auto* own = types.find(column.type);
    if (own && own->not_null) required_ = true;
    const auto resolved = types.resolve(column.type, column.typmod);
    TypedCodec made;
    if (own && resolved.type)
        made = make_codec(resolved, types, options);
    else if (options.include_unknown)
        made = make_unknown_codec(options);
    if (!made.codec) {
        logger_.warn("Unexpected JDBC type '{}' for column '{}' that will be ignored", jdbc_other, column.name);
        return;
    }
    codec_ = std::move(made.codec);
    type_name_ = own ? own->name : fmt::format("{}", column.type);
    const auto source =
        own ? source_type(column, *own, resolved, types) : SourceType{.name = type_name_, .length = unknown_length};
    max_length_ = source.length == unknown_length ? 0 : source.length.value_or(0);
    const auto mapping = effective_mapping(column.mapping, source);
    if (reaches_values(mapping, source)) mapping_ = mapping;
    truncates_bytes_ = made.schema.type == Type::Bytes && made.schema.name.empty();

    made.schema.optional = !required_ || made.always_optional;
    if (own) {
        const auto& described = described_type(column, *own, types);
        made.schema.default_value =
            default_value(column, {*own, described}, *codec_, made.schema, *constants_, logger_);
    }
    key_schema_ = make_schema(made.schema);
    schema_ = key_schema_;
    if (mapping.kind != ColumnMapping::Kind::None) {
        add_mapping_parameters(made.schema, mapping, source, column.name);
        schema_ = make_schema(std::move(made.schema));
    }
    build_constants(options);
}

ColumnConverter::ColumnConverter(ColumnConverter&&) noexcept = default;
ColumnConverter& ColumnConverter::operator=(ColumnConverter&&) noexcept = default;
ColumnConverter::~ColumnConverter() = default;

void ColumnConverter::build_constants(const TypeOptions& options) {
    auto& arena = *constants_;
    const auto placeholder = arena.copy(options.unavailable_value);
    key_unavailable_ = placeholder_value(codec_->placeholder, placeholder, schema_->type() == Type::Map, arena);
    unavailable_ = mapped(key_unavailable_, arena);
    if (mapping_.kind == ColumnMapping::Kind::Mask) null_value_ = mapped(Value::string(""), arena);
    const auto& default_value = key_schema_->default_value();
    key_fallback_ = default_value.is_null() ? zero_value(*codec_, arena) : default_value;
    fallback_ = mapped(key_fallback_, arena);
}

Value ColumnConverter::mapped(const Value& value, Arena& arena) const {
    if (mapping_.kind == ColumnMapping::Kind::Truncate && truncates_bytes_ && value.kind() == Value::Kind::Bytes)
        return Value::bytes(value.as_text().substr(0, static_cast<std::size_t>(mapping_.length)));
    if (value.kind() != Value::Kind::String) return value;
    switch (mapping_.kind) {
    case ColumnMapping::Kind::Truncate:
        return Value::string(truncate_text(value.as_text(), mapping_.length, arena));
    case ColumnMapping::Kind::Mask: {
        const auto size = static_cast<std::size_t>(std::max(mapping_.length, 0));
        auto* const stars = arena.make_array<char>(size);
        std::fill_n(stars, size, '*');
        return Value::string({stars, size});
    }
    case ColumnMapping::Kind::Hash:
    case ColumnMapping::Kind::HashV2:
        return Value::string(hash_text(value.as_text(), mapping_, max_length_, arena));
    default:
        return value;
    }
}

Value ColumnConverter::convert_key(std::string_view text, Arena& arena, Origin origin) const {
    const auto convert_text =
        origin == Origin::Snapshot && codec_->convert_snapshot ? codec_->convert_snapshot : codec_->convert;
    try {
        const auto value = convert_text(*codec_, text, arena);
        return value.is_null() && required_ ? key_fallback_ : value;
    } catch (const DataException& e) {
        return failed(e.what());
    }
}

Value ColumnConverter::convert(std::string_view text, Arena& arena, Origin origin) const {
    const auto value = convert_key(text, arena, origin);
    if (mapping_.kind == ColumnMapping::Kind::None) return value;
    return value.is_null() ? null_value_ : mapped(value, arena);
}

Value ColumnConverter::failed(const char* why) const {
    if (on_failure_ == ConversionFailure::Fail)
        throw DataException(
            fmt::format("Failed to properly convert data value for '{}' of type {}: {}", name_, type_name_, why));
    if (on_failure_ == ConversionFailure::Warn)
        logger_.warn("Failed to properly convert data value for '{}' of type {}: {}", name_, type_name_, why);
    return {};
}

}
