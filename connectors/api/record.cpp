#include "connectors/api/record.hpp"

#include <algorithm>

namespace millrace {

void OffsetMap::set(std::string_view key, const Value& value) {
    const auto found = std::ranges::find(entries_, key, &OffsetEntry::key);
    const auto stored = deep_copy(value, *arena_);
    if (found == entries_.end()) {
        entries_.push_back({arena_->copy(key), stored});
    } else {
        found->value = stored;
    }
}

const Value* OffsetMap::find(std::string_view key) const noexcept {
    const auto found = std::ranges::find(entries_, key, &OffsetEntry::key);
    return found == entries_.end() || found->value.is_null() ? nullptr : &found->value;
}

}
