/// The enum columns of a relation and the labels that were known when its schema was made, so that one that was added
/// since is noticed: ALTER TYPE ... ADD VALUE sends no Relation message.
#pragma once
#include "connectors/postgres/decoding/message.hpp"
#include "connectors/postgres/source/table_model.hpp"

#include <set>
#include <string>
#include <vector>

namespace millrace::postgres {

class EnumLabels {
public:
    EnumLabels() = default;
    EnumLabels(const std::vector<RowColumn>& columns, const TypeRegistry& types);

    bool empty() const noexcept { return columns_.empty(); }
    /// The first label of `row` that is not known, elements of arrays included.
    std::optional<std::string> unknown(Tuple row) const;
    /// From now on this label of any column passes as known.
    void tolerate(std::string label) { tolerated_.insert(std::move(label)); }

private:
    using Labels = std::set<std::string, std::less<>>;
    struct EnumColumn {
        std::size_t index;
        bool array;
        char delimiter;
        Labels labels;
    };

    std::optional<std::string> unknown_element(const EnumColumn& column, std::string_view text) const;
    bool knows(const EnumColumn& column, std::string_view label) const {
        return column.labels.contains(label) || tolerated_.contains(label);
    }

    std::vector<EnumColumn> columns_;
    Labels tolerated_;
};

}
