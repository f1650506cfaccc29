/// Makes a constant of a column's default expression, without evaluating it.
///
/// Input   what pg_get_expr prints: 1.5, 'abc'::text, nextval('seq'::regclass), ('a'::text || 'b'::text).
/// Output  the text of a value of the column's type, to be converted like a value from the server: a literal's content,
///         the type's zero for a function call, the first quoted literal of any other expression. None where there is
///         no such constant. The text may still turn out not to be of the type: then there is no default either.
/// Facts   the defaults in schemas of Debezium 3.7.
#pragma once
#include "connectors/postgres/types/type_registry.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::postgres {

/// `type` is the column's own type, not resolved: a domain has no default here.
std::optional<std::string> constant_of_default(std::string_view expression, const TypeRow& type);

}
