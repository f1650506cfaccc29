/// The methods that expressions may call.
///
/// Facts   Java SE API: String; Connect API: Struct, Schema, Field; Groovy: StringGroovyMethods.
#pragma once
#include "connectors/support/regex.hpp"
#include "connectors/transforms/expressions/operand.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace millrace::transforms {

struct Scope;

struct MethodCall {
    std::string_view name;
    const Operand& on;
    std::span<const Operand> arguments;
    const Regex* regex;  ///< of a method with a pattern
    const Scope& scope;
};

struct Method {
    std::string_view name;
    std::size_t least_arguments;
    std::size_t most_arguments;
    bool has_pattern;  ///< the first argument is one, and must be written out
    Operand (*run)(const MethodCall& call);
};

/// Null if there is none of this name.
const Method* find_method(std::string_view name) noexcept;
/// All names, parted by commas.
std::string method_names();

/// A field of a struct, its default for a null, as Struct.get has it. Throws DataException if there is none.
Operand struct_field(const Operand& structure, std::string_view name);
/// One of the record's headers, the last of its name, or null.
Operand header_of(const Scope& scope, std::string_view name);
/// The entry of a map, or null.
Operand map_entry(const Operand& map, const Operand& key);
/// An element, from the end if `index` is negative; null if there is none.
Operand list_element(const Operand& list, std::int64_t index);

}
