#include "connectors/support/jaas.hpp"

#include "connectors/support/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace millrace {

namespace {

constexpr std::array<std::string_view, 4> control_flags{"required", "requisite", "sufficient", "optional"};

/// Words, '=' and ';' of a JAAS entry, between which comments of Java may stand; quoted words may hold blanks and
/// Java's escapes.
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
    bool at_end() {
        skip_blanks();
        return at_ >= text_.size();
    }
    bool take(char c) {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

private:
    void skip_blanks() {
        for (;;) {
            while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') ++at_;
            const auto rest = text_.substr(std::min(at_, text_.size()));
            if (!rest.starts_with("//") && !rest.starts_with("/*")) return;
            const bool line = rest[1] == '/';
            const auto end = rest.find(line ? "\n" : "*/", 2);
            at_ = end == std::string_view::npos ? text_.size() : at_ + end + (line ? 1 : 2);
        }
    }
    static bool is_octal(char c) { return c >= '0' && c <= '7'; }
    /// Behind a backslash, as java.io.StreamTokenizer reads it.
    void take_escaped(std::string& out) {
        if (is_octal(text_[at_])) {
            const auto most = text_[at_] <= '3' ? 3U : 2U;
            unsigned code = 0;
            for (std::size_t i = 0; i < most && at_ < text_.size() && is_octal(text_[at_]); ++i, ++at_) {
                code = code * 8 + static_cast<unsigned>(text_[at_] - '0');
            }
            --at_;
            if (code >= 0x80) out += static_cast<char>(0xC0 | code >> 6);
            out += static_cast<char>(code >= 0x80 ? 0x80 | (code & 0x3F) : code);
            return;
        }
        constexpr std::string_view letters = "abfnrtv", meant = "\a\b\f\n\r\t\v";
        const auto found = letters.find(text_[at_]);
        out += found == std::string_view::npos ? text_[at_] : meant[found];
    }
    std::string quoted(char quote) {
        std::string out;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                ++at_;
                take_escaped(out);
            } else {
                out += text_[at_];
            }
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
    if (std::ranges::find(control_flags, lower_case(*flag)) == control_flags.end()) {
        throw ConfigException(
            "sasl.jaas.config: behind the login module stands neither required nor requisite, sufficient or optional.");
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
    if (!tokens.at_end()) throw ConfigException("sasl.jaas.config has more than one login module: it may have one.");
    return login;
}

}
