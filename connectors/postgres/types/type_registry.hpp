/// The types of one database: what a type OID in a Relation message or in pg_attribute means.
///
/// Input   rows of load_types_sql, in any order; adding a row again replaces it (ALTER TYPE ... ADD VALUE).
/// Output  a TypeRow for an OID or a name, domains followed to their base, arrays to their elements.
/// State   the rows. Belongs to one thread; pointers into it are valid until the next add().
/// Facts   PostgreSQL manual, pg_type and pg_enum.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millrace::postgres {

using Oid = std::uint32_t;

struct TypeRow {
    Oid oid = 0;
    std::string name = {};  ///< typname: int4, _int4, timestamptz, hstore
    std::string schema = {};
    Oid base_type = 0;              ///< of a domain; 0 otherwise
    Oid element_type = 0;           ///< of an array (and of the few fixed-length types that can be subscripted); else 0
    char kind = 'b';                ///< typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange
    char category = 'U';            ///< typcategory: A array, N numeric, S string, ...
    std::int32_t base_typmod = -1;  ///< of a domain: the typmod that it gives to its base type
    char delimiter = ',';           ///< between the elements of an array of this type
    std::vector<std::string> labels = {};  ///< of an enum, in sort order
    bool not_null = false;                 ///< of a domain that was declared so
};

/// Eleven columns, in the order in which parse_type_row wants them. Row types of tables are left out: there are as many
/// as tables, and no column of ours has one.
inline constexpr std::string_view load_types_sql =
    "SELECT t.oid, t.typname, n.nspname, t.typbasetype, t.typelem, t.typtype, t.typcategory, t.typtypmod, t.typdelim, "
    "(SELECT pg_catalog.array_agg(e.enumlabel::pg_catalog.text ORDER BY e.enumsortorder) "
    "FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), t.typnotnull "
    "FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
    "LEFT JOIN pg_catalog.pg_class own ON own.oid = t.typrelid "
    "LEFT JOIN pg_catalog.pg_type element ON element.oid = t.typelem "
    "LEFT JOIN pg_catalog.pg_class of_element ON of_element.oid = element.typrelid "
    "WHERE COALESCE(own.relkind, 'c') = 'c' AND COALESCE(of_element.relkind, 'c') = 'c'";
inline constexpr std::size_t load_types_columns = 11;

/// One result row of load_types_sql; none stands for NULL. Throws DataException naming the column that will not do.
TypeRow parse_type_row(std::span<const std::optional<std::string_view>> columns);

class TypeRegistry {
public:
    TypeRegistry() = default;
    explicit TypeRegistry(std::vector<TypeRow> rows) { add(std::move(rows)); }

    void add(std::vector<TypeRow> rows);
    /// Null if the OID is not known: load the types again, then treat it as an unknown type.
    const TypeRow* find(Oid oid) const noexcept;
    /// By typname; where several schemas have it, the one of pg_catalog, then public, then the lowest OID.
    const TypeRow* find(std::string_view name) const noexcept;

    struct Resolved {
        const TypeRow* type;  ///< never a domain
        std::int32_t typmod;  ///< of the column, or of the innermost domain that sets one
    };
    /// Follows domains, nested ones too, to their base. `type` is null if a link is unknown.
    Resolved resolve(Oid oid, std::int32_t typmod) const noexcept;
    /// The element type if this is a true array (an array of a domain over an array is one too), else null.
    const TypeRow* element(const TypeRow& array) const noexcept;
    std::size_t size() const noexcept { return rows_.size(); }

private:
    std::unordered_map<Oid, TypeRow> rows_;
    std::multimap<std::string, Oid, std::less<>> by_name_;
};

}
