/// A bounded map that forgets what was not asked for the longest time. Belongs to one thread at a time.
#pragma once
#include <algorithm>
#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace millrace::registry {

template <class Key, class Value>
class LruCache {
public:
    explicit LruCache(std::size_t most) : most_(std::max<std::size_t>(most, 1)) {}

    /// Null if it is not there. Valid until the next put().
    Value* find(const Key& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->second;
    }
    Value& put(const Key& key, Value value) {
        if (auto* known = find(key)) return *known = std::move(value);
        if (entries_.size() >= most_) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
        entries_.emplace_front(key, std::move(value));
        index_.emplace(key, entries_.begin());
        return entries_.front().second;
    }
    std::size_t size() const noexcept { return entries_.size(); }

private:
    using Entries = std::list<std::pair<Key, Value>>;

    std::size_t most_;
    Entries entries_;  ///< the last one that was asked for comes first
    std::map<Key, typename Entries::iterator, std::less<>> index_;
};

}
