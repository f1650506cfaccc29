#include "connectors/postgres/incremental/signal.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/regex.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::string text_of(const json::Node* node) {
    if (node == nullptr || node->is_null()) return {};
    if (node->is_string()) return std::string(node->text());
    std::string out;
    json::append_node(out, *node);
    return out;
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}

Signal parse_signal(std::string_view text, std::string (*new_id)()) {
    const json::Document document(text);
    const auto& root = document.root();
    Signal signal{
        .id = text_of(root.find("id")), .type = text_of(root.find("type")), .data = text_of(root.find("data"))};
    if (signal.type.empty()) throw DataException(fmt::format("The signal {} has no type", text));
    if (signal.id.empty()) signal.id = new_id();
    return signal;
}

std::string SnapshotRequest::filter_of(std::string_view table) const {
    for (const auto& condition : conditions) {
        if (condition.table == table || Regex(condition.table).matches(table)) return condition.filter;
    }
    return {};
}

SnapshotRequest parse_snapshot_request(std::string_view text) {
    const json::Document document(text.empty() ? "{}" : text);
    const auto& root = document.root();
    if (!root.is_object()) throw DataException(fmt::format("The signal's data {} are no JSON object", text));
    SnapshotRequest request;
    if (const auto* list = root.find("data-collections"); list != nullptr && list->is_array()) {
        for (const auto& table : list->elements()) request.tables.push_back(text_of(&table));
    }
    if (const auto type = text_of(root.find("type")); same_word(type, "blocking")) {
        request.type = SnapshotType::Blocking;
    } else if (!type.empty() && !same_word(type, "incremental")) {
        throw DataException(fmt::format("The snapshot type '{}' is unknown: it is 'incremental' or 'blocking'", type));
    }
    if (const auto* list = root.find("additional-conditions"); list != nullptr && list->is_array()) {
        for (const auto& entry : list->elements()) {
            request.conditions.push_back({text_of(entry.find("data-collection")), text_of(entry.find("filter"))});
        }
    }
    request.surrogate_key = text_of(root.find("surrogate-key"));
    return request;
}

namespace {

/// "a"."b" without its quotes; what has none stays as it is.
std::string unquoted(std::string_view name) {
    std::string out;
    bool inside = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '"') {
            out += name[i];
        } else if (inside && i + 1 < name.size() && name[i + 1] == '"') {
            out += name[i++];
        } else {
            inside = !inside;
        }
    }
    return out;
}

}

std::vector<std::string> resolve_tables(const std::vector<std::string>& expressions,
                                        const std::vector<std::string>& known) {
    std::vector<std::string> tables;
    const auto add = [&](const std::string& table) {
        if (std::ranges::find(tables, table) == tables.end()) tables.push_back(table);
    };
    for (const auto& expression : expressions) {
        const Regex regex(expression);
        bool matched = false;
        for (const auto& table : known) {
            if (!regex.matches(table)) continue;
            add(table);
            matched = true;
        }
        if (!matched) add(unquoted(expression));
    }
    return tables;
}

}
