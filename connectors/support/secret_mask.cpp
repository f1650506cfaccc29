#include "connectors/support/secret_mask.hpp"

#include <algorithm>
#include <mutex>

namespace millrace {

namespace {

constexpr std::string_view shown = "[hidden]";

bool in_word(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool stands_alone(std::string_view text, std::size_t at, std::string_view value) noexcept {
    const bool joined_before = at > 0 && in_word(text[at - 1]) && in_word(value.front());
    const auto end = at + value.size();
    const bool joined_behind = end < text.size() && in_word(text[end]) && in_word(value.back());
    return !joined_before && !joined_behind;
}

bool replace_all(std::string& text, std::string_view value) {
    bool any = false;
    for (auto at = text.find(value); at != std::string::npos;) {
        const bool alone = stands_alone(text, at, value);
        if (alone) text.replace(at, value.size(), shown);
        any = any || alone;
        at = text.find(value, at + (alone ? shown.size() : 1));
    }
    return any;
}

}

void SecretMask::add(std::string_view value) {
    if (value.size() < least_length) return;
    const std::unique_lock lock(mutex_);
    if (std::ranges::find(values_, value) != values_.end()) return;
    if (values_.size() == most_values) values_.pop_front();
    values_.emplace_back(value);
    any_ = true;
}

std::optional<std::string> SecretMask::hidden(std::string_view text) const {
    if (!any_) return std::nullopt;
    std::string changed(text);
    bool any = false;
    const std::shared_lock lock(mutex_);
    for (const auto& value : values_) any = replace_all(changed, value) || any;
    return any ? std::optional(std::move(changed)) : std::nullopt;
}

std::string SecretMask::hide(std::string_view text) const {
    auto changed = hidden(text);
    return changed ? *std::move(changed) : std::string(text);
}

}
