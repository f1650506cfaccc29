// Character types, bytea, JSON, XML, UUID, enums, network addresses, ranges, hstore, and what is unknown.
#include "connectors/postgres/types/codec.hpp"
#include "connectors/postgres/types/hex.hpp"
#include "connectors/postgres/types/hstore.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <algorithm>

namespace millrace::postgres {

namespace {

Value text_of(const Codec&, std::string_view text, Arena&) { return Value::string(text); }
Value null_of(const Codec&, std::string_view, Arena&) { return {}; }

std::string_view hex_digits(std::string_view text) {
    if (!text.starts_with("\\x")) refuse("not bytea in hexadecimal (bytea_output=hex)", text);
    return text.substr(2);
}

std::string_view decode(std::string_view text, Arena& arena) {
    const auto digits = hex_digits(text);
    auto* const to = arena.make_array<char>(digits.size() / 2);
    if (!decode_hex(digits, to)) refuse("not hexadecimal", text);
    return {to, digits.size() / 2};
}

Value bytes_of(const Codec&, std::string_view text, Arena& arena) { return Value::bytes(decode(text, arena)); }
Value hex_of(const Codec&, std::string_view text, Arena&) { return Value::string(hex_digits(text)); }
Value base64_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(encode_base64(decode(text, arena), false, arena));
}
Value base64_url_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(encode_base64(decode(text, arena), true, arena));
}

Value raw_bytes_of(const Codec&, std::string_view text, Arena&) { return Value::bytes(text); }
Value raw_hex_of(const Codec&, std::string_view text, Arena& arena) { return Value::string(encode_hex(text, arena)); }
Value raw_base64_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(encode_base64(text, false, arena));
}
Value raw_base64_url_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(encode_base64(text, true, arena));
}

Value hstore_json_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(hstore_json(parse_hstore(text, arena), arena));
}
Value hstore_map_of(const Codec&, std::string_view text, Arena& arena) { return Value::map(parse_hstore(text, arena)); }

TypedCodec text_codec(std::string schema_name = {}) {
    auto codec = std::make_unique<Codec>();
    codec->convert = text_of;
    codec->is_plain_text = true;
    codec->placeholder = Codec::Placeholder::Text;
    codec->zero = Codec::Zero::EmptyString;
    TypedCodec made{.codec = std::move(codec), .schema = {.type = Type::String, .name = std::move(schema_name)}};
    if (!made.schema.name.empty()) made.schema.version = 1;
    return made;
}

/// `converts` in the order of BinaryHandling.
TypedCodec binary_codec(const TypeOptions& options, const std::array<Codec::Convert, 4>& converts) {
    auto codec = std::make_unique<Codec>();
    codec->convert = converts[static_cast<std::size_t>(options.binary)];
    const bool bytes = options.binary == BinaryHandling::Bytes;
    codec->zero = bytes ? Codec::Zero::EmptyBytes : Codec::Zero::EmptyString;
    switch (options.binary) {
    case BinaryHandling::Bytes:
        codec->placeholder = Codec::Placeholder::Bytes;
        break;
    case BinaryHandling::Hex:
        codec->placeholder = Codec::Placeholder::Text;
        break;
    case BinaryHandling::Base64:
    case BinaryHandling::Base64UrlSafe:
        codec->placeholder = options.reproduce_defects ? Codec::Placeholder::None : Codec::Placeholder::Base64;
        break;
    }
    return {.codec = std::move(codec), .schema = {.type = bytes ? Type::Bytes : Type::String}};
}

TypedCodec enum_codec(const TypeRow& type) {
    auto made = text_codec("io.debezium.data.Enum");
    std::string allowed;
    for (const auto& label : type.labels) {
        if (!allowed.empty()) allowed += ',';
        allowed += label;
    }
    made.schema.parameters.emplace_back("allowed", std::move(allowed));
    return made;
}

TypedCodec hstore_codec(const TypeOptions& options) {
    auto made = text_codec("io.debezium.data.Json");
    made.codec->convert = hstore_json_of;
    made.codec->is_plain_text = false;
    if (options.hstore == HstoreHandling::Map) {
        made.codec->convert = hstore_map_of;
        made.schema = {
            .type = Type::Map, .key = plain_schema(Type::String, false), .value = plain_schema(Type::String, true)};
    }
    made.codec->placeholder = Codec::Placeholder::Hstore;
    made.codec->zero = Codec::Zero::Text;
    return made;
}

TypedCodec name_codec(const TypeOptions& options) {
    auto made = text_codec();
    if (options.reproduce_defects && !options.include_unknown) {
        made.codec->convert = null_of;
        made.codec->convert_snapshot = text_of;
    }
    return made;
}

TypedCodec extension_codec(const TypeRow& type, const TypeOptions& options) {
    if (type.name == "citext" || type.name == "isbn") return text_codec();
    if (type.name == "ltree") return text_codec("io.debezium.data.Ltree");
    if (type.name == "hstore") return hstore_codec(options);
    return {};
}

}

TypedCodec make_text_codec(const TypeRegistry::Resolved& type, const TypeOptions& options) {
    if (type.type->kind == 'e') return enum_codec(*type.type);
    switch (type.type->oid) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::character:
    case oid::inet:
    case oid::cidr:
    case oid::macaddr:
    case oid::macaddr8:
    case oid::int4range:
    case oid::int8range:
    case oid::numrange:
    case oid::tsrange:
    case oid::tstzrange:
    case oid::daterange:
        return text_codec();
    case oid::name:
        return name_codec(options);
    case oid::bytea:
        return binary_codec(options, {bytes_of, base64_of, base64_url_of, hex_of});
    case oid::json:
    case oid::jsonb:
        return text_codec("io.debezium.data.Json");
    case oid::xml:
        return text_codec("io.debezium.data.Xml");
    case oid::uuid:
        return text_codec("io.debezium.data.Uuid");
    case oid::tsvector:
        return text_codec("io.debezium.data.Tsvector");
    default:
        return extension_codec(*type.type, options);
    }
}

TypedCodec make_unknown_codec(const TypeOptions& options) {
    return binary_codec(options, {raw_bytes_of, raw_base64_of, raw_base64_url_of, raw_hex_of});
}

}
