#include "worker/config/config_transformer.hpp"

#include "connectors/support/log.hpp"
#include "connectors/support/secret_mask.hpp"

#include <optional>
#include <set>

namespace millrace::worker {

namespace {

struct Reference {
    std::size_t begin = 0;
    std::size_t end = 0;  ///< after the '}'
    std::string_view provider;
    std::string_view path;
    std::string_view key;
};

/// The first reference at or after `from`: ${provider:key} or ${provider:path:key}, no part but the path empty.
std::optional<Reference> next_reference(std::string_view text, std::size_t from) {
    for (auto at = text.find("${", from); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto close = text.find('}', at);
        if (close == std::string_view::npos) return std::nullopt;
        const auto inner = text.substr(at + 2, close - at - 2);
        const auto colon = inner.find(':');
        if (colon == std::string_view::npos || colon == 0 || colon + 1 == inner.size()) continue;
        Reference found{.begin = at, .end = close + 1, .provider = inner.substr(0, colon), .path = {}, .key = {}};
        auto rest = inner.substr(colon + 1);
        if (const auto second = rest.find(':'); second != std::string_view::npos) {
            found.path = rest.substr(0, second);
            rest.remove_prefix(second + 1);
        }
        if (rest.empty()) continue;
        found.key = rest;
        return found;
    }
    return std::nullopt;
}

ProvidedConfig ask(ConfigProvider& provider, const std::string& path, const std::vector<std::string>& keys) {
    if (auto* expiring = dynamic_cast<ExpiringConfigProvider*>(&provider)) return expiring->get_expiring(path, keys);
    return {.values = provider.get(path, keys)};
}

using Answers = std::map<std::pair<std::string, std::string>, Settings>;

std::string replaced(std::string_view text, const Answers& answers) {
    std::string out;
    std::size_t done = 0;
    while (const auto reference = next_reference(text, done)) {
        out += text.substr(done, reference->begin - done);
        done = reference->end;
        const auto answer = answers.find({std::string(reference->provider), std::string(reference->path)});
        if (answer != answers.end()) {
            if (const auto value = answer->second.find(reference->key); value != answer->second.end()) {
                out += value->second;
                continue;
            }
        }
        out += text.substr(reference->begin, reference->end - reference->begin);
    }
    out += text.substr(done);
    return out;
}

}

bool has_reference(std::string_view value) noexcept { return next_reference(value, 0).has_value(); }

ConfigTransformer::Resolved ConfigTransformer::resolve(const Settings& given) const {
    const auto settings = endpoints_.merged(given);
    if (secrets_) {
        for (const auto& [name, value] : endpoints_.of(given)) {
            if (shown_value({}, name, value) != value) secrets_->add(value);
        }
    }
    std::map<std::pair<std::string, std::string>, std::set<std::string>> wanted;
    for (const auto& [name, value] : settings) {
        for (auto reference = next_reference(value, 0); reference; reference = next_reference(value, reference->end)) {
            wanted[{std::string(reference->provider), std::string(reference->path)}].emplace(reference->key);
        }
    }
    Answers answers;
    Resolved result;
    for (const auto& [where, keys] : wanted) {
        const auto provider = providers_.find(where.first);
        if (provider == providers_.end()) continue;
        const std::vector<std::string> list(keys.begin(), keys.end());
        auto answer = ask(*provider->second, where.second, list);
        if (answer.ttl && (!result.ttl || *answer.ttl < *result.ttl)) result.ttl = answer.ttl;
        for (const auto& [key, value] : answer.values) {
            if (secrets_) secrets_->add(value);
        }
        answers[where] = std::move(answer.values);
    }
    for (const auto& [name, value] : settings) {
        result.settings.emplace(name, answers.empty() ? value : replaced(value, answers));
    }
    return result;
}

std::string ConfigTransformer::hide(std::string text) const { return secrets_ ? secrets_->hide(text) : text; }

Settings with_references(Settings task, const Settings& connector) {
    for (auto& [name, value] : task) {
        const auto original = connector.find(name);
        if (original != connector.end() && has_reference(original->second)) value = original->second;
    }
    return task;
}

}
