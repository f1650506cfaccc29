#include "cluster/storage/java_hash_map.hpp"

#include "connectors/support/byte_reader.hpp"

#include <bit>
#include <limits>

namespace millrace::cluster {

namespace {

constexpr std::uint16_t stream_magic = 0xACED;
constexpr std::uint16_t stream_version = 5;
constexpr std::uint8_t tc_null = 0x70;
constexpr std::uint8_t tc_reference = 0x71;
constexpr std::uint8_t tc_class_description = 0x72;
constexpr std::uint8_t tc_object = 0x73;
constexpr std::uint8_t tc_array = 0x75;
constexpr std::uint8_t tc_block_data = 0x77;
constexpr std::uint8_t tc_end_block_data = 0x78;
constexpr std::uint32_t first_handle = 0x7E0000;
constexpr std::uint8_t sc_write_method = 0x01;
constexpr std::uint8_t sc_serializable = 0x02;
constexpr std::uint64_t hash_map_uid = 0x0507DAC1C31660D1;
constexpr std::uint64_t byte_array_uid = 0xACF317F8060854E0;
constexpr std::string_view hash_map_class = "java.util.HashMap";
constexpr std::string_view byte_array_class = "[B";
constexpr std::uint32_t smallest_table = 16;
/// Of all keys and values: references could name one long array very often.
constexpr std::size_t most_bytes = 256 * 1024 * 1024;

/// What a later reference may mean.
enum class Handle : std::uint8_t { HashMapClass, HashMap, ArrayClass, Array };

class Parser {
public:
    explicit Parser(std::string_view bytes) : in_(bytes, "Java's serialized offsets") {}

    JavaEntries parse() {
        if (in_.u16("magic number") != stream_magic) in_.fail("magic number", "is not that of Java's serialization");
        if (in_.u16("version") != stream_version) in_.fail("version", "is not 5");
        expect(tc_object, "the map");
        expect(tc_class_description, "the map's class");
        expect_class(hash_map_class, hash_map_uid, sc_write_method | sc_serializable, Handle::HashMapClass);
        handles_.push_back({Handle::HashMap, {}});
        in_.bytes(8, "load factor and threshold");
        expect(tc_block_data, "the map's size");
        if (in_.u8("length of the map's size") != 8) in_.fail("length of the map's size", "is not 8");
        in_.u32("capacity");
        const auto size = in_.u32("number of entries");
        if (size > in_.remaining() / 2) in_.fail("number of entries", "is more than there are bytes for");
        JavaEntries entries;
        for (std::uint32_t i = 0; i < size; ++i) {
            auto key = element();
            entries.emplace_back(std::move(key), element());
        }
        expect(tc_end_block_data, "end of the map");
        in_.expect_end();
        return entries;
    }

private:
    struct Known {
        Handle kind;
        std::string_view bytes;
    };

    void expect(std::uint8_t code, std::string_view what) {
        if (in_.u8(what) != code) in_.fail(what, "is of a kind that does not belong there");
    }
    std::string_view text(std::string_view what) { return in_.bytes(in_.u16(what), what); }

    /// Behind its first byte.
    void expect_class(std::string_view name, std::uint64_t uid, std::uint8_t flags, Handle handle) {
        const auto found = text("name of a class");
        if (found != name) in_.fail("name of a class", fmt::format("is not {}", name));
        if (in_.u64("version of a class") != uid) in_.fail("version of a class", "is unknown");
        handles_.push_back({handle, {}});
        if (in_.u8("flags of a class") != flags) in_.fail("flags of a class", "are unknown");
        const auto fields = in_.u16("number of fields");
        if (fields != (handle == Handle::HashMapClass ? 2 : 0)) in_.fail("number of fields", "is unknown");
        for (int i = 0; i < fields; ++i) {
            const auto type = in_.u8("type of a field");
            if (type != 'F' && type != 'I') in_.fail("type of a field", "is unknown");
            text("name of a field");
        }
        expect(tc_end_block_data, "end of a class");
        expect(tc_null, "superclass");
    }

    const Known& reference() {
        const auto number = in_.u32("reference") - first_handle;
        if (number >= handles_.size()) in_.fail("reference", "is to nothing");
        return handles_[number];
    }

    void array_class() {
        const auto code = in_.u8("class of an array");
        if (code == tc_class_description) {
            expect_class(byte_array_class, byte_array_uid, sc_serializable, Handle::ArrayClass);
        } else if (code != tc_reference || reference().kind != Handle::ArrayClass) {
            in_.fail("class of an array", "is not byte[]");
        }
    }

    std::string counted(std::string_view bytes) {
        total_ += bytes.size();
        if (total_ > most_bytes) in_.fail("a key or value", "is more than all may have together");
        return std::string(bytes);
    }

    JavaBytes element() {
        switch (in_.u8("a key or value")) {
        case tc_null:
            return std::nullopt;
        case tc_reference: {
            const auto& known = reference();
            if (known.kind != Handle::Array) in_.fail("a key or value", "is no byte[]");
            return counted(known.bytes);
        }
        case tc_array: {
            array_class();
            const auto length = in_.u32("length of a byte[]");
            const auto bytes = in_.bytes(length, "byte[]");
            handles_.push_back({Handle::Array, bytes});
            return counted(bytes);
        }
        default:
            in_.fail("a key or value", "is of a kind that does not belong there");
        }
    }

    ByteReader in_;
    std::vector<Known> handles_;
    std::size_t total_ = 0;
};

template <class T>
void put(std::string& out, T value) {
    for (auto shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
        out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF);
    }
}
void put_text(std::string& out, std::string_view text) {
    put(out, static_cast<std::uint16_t>(text.size()));
    out += text;
}
void put_field(std::string& out, char type, std::string_view name) {
    out += type;
    put_text(out, name);
}
void begin_class(std::string& out, std::string_view name, std::uint64_t uid, int flags, std::uint16_t fields) {
    put(out, tc_class_description);
    put_text(out, name);
    put(out, uid);
    put(out, static_cast<std::uint8_t>(flags));
    put(out, fields);
}
void end_class(std::string& out) {
    put(out, tc_end_block_data);
    put(out, tc_null);  // no superclass that is serializable
}

void put_bytes(std::string& out, const JavaBytes& bytes, bool& class_known) {
    if (!bytes) return put(out, tc_null);
    put(out, tc_array);
    if (class_known) {
        put(out, tc_reference);
        put(out, first_handle + 2);  // behind HashMap's class and the map
    } else {
        begin_class(out, byte_array_class, byte_array_uid, sc_serializable, 0);
        end_class(out);
        class_known = true;
    }
    put(out, static_cast<std::uint32_t>(bytes->size()));
    out += *bytes;
}

}

JavaEntries parse_java_hash_map(std::string_view bytes) { return Parser(bytes).parse(); }

std::string write_java_hash_map(const JavaEntries& entries) {
    auto capacity = smallest_table;
    while (capacity < std::numeric_limits<std::uint32_t>::max() / 4 && entries.size() > capacity / 4 * 3) capacity *= 2;
    std::string out;
    put(out, stream_magic);
    put(out, stream_version);
    put(out, tc_object);
    begin_class(out, hash_map_class, hash_map_uid, sc_write_method | sc_serializable, 2);
    put_field(out, 'F', "loadFactor");
    put_field(out, 'I', "threshold");
    end_class(out);
    put(out, std::bit_cast<std::uint32_t>(0.75F));
    put(out, capacity / 4 * 3);
    put(out, tc_block_data);
    put(out, std::uint8_t{8});
    put(out, capacity);
    put(out, static_cast<std::uint32_t>(entries.size()));
    bool class_known = false;
    for (const auto& [key, value] : entries) {
        put_bytes(out, key, class_known);
        put_bytes(out, value, class_known);
    }
    put(out, tc_end_block_data);
    return out;
}

}
