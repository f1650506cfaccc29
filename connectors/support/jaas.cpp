#include "connectors/support/jaas.hpp"

#include <optional>

namespace millrace {

namespace {

/// Words, '=' and ';' of a JAAS entry; quoted words may hold blanks and backslash escapes.
class JaasTokens {
public:
    explicit JaasTokens(std::string_view text) : text_(text) {}

    /// The next word, or none at '=' , ';' and the end.
    std::optional<std::string> word() {
        skip_blanks();
        if (at_ >= text_.size()) return std::nullopt;
        const char quote = text_[at_];
        if (quote == '"' || quote == '\'') return quoted(quote);
        const auto end = text_.find_first_of(" \t\r\n=;", at_);
        auto found = text_.substr(at_, end == std::string_view::npos ? text_.npos : end - at_);
        at_ += found.size();
        if (found.empty()) return std::nullopt;
        return std::string(found);
    }
    bool take(char c) {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

private:
    void skip_blanks() {
        while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') ++at_;
    }
    std::string quoted(char quote) {
        std::string out;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            out += text_[at_];
        }
        if (at_ >= text_.size()) throw ConfigException("sasl.jaas.config has a value whose quotes are not closed.");
        ++at_;
        return out;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}

JaasLogin parse_jaas_config(std::string_view text) {
    JaasTokens tokens(text);
    JaasLogin login;
    auto module = tokens.word();
    const auto flag = tokens.word();
    if (!module || module->empty() || !flag) {
        throw ConfigException(
            "sasl.jaas.config must look like: "
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"...\" password=\"...\";");
    }
    login.login_module = std::move(*module);
    while (auto name = tokens.word()) {
        if (!tokens.take('=')) {
            throw ConfigException("sasl.jaas.config: a '=' is missing after an option's name.");
        }
        auto value = tokens.word();
        if (!value) throw ConfigException("sasl.jaas.config: the value of an option is missing.");
        login.options.insert_or_assign(std::move(*name), std::move(*value));
    }
    if (!tokens.take(';')) throw ConfigException("sasl.jaas.config must end with ';'.");
    return login;
}

}
