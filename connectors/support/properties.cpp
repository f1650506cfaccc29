#include "connectors/support/properties.hpp"

#include "connectors/support/text.hpp"

#include <fmt/format.h>
#include <system_error>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace millrace {

namespace {

bool blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\f'; }
bool line_end(char c) noexcept { return c == '\n' || c == '\r'; }

std::string utf8_of_latin1(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) append_utf8(out, static_cast<unsigned char>(c));
    return out;
}

/// A logical line: continuations joined, escapes still in it.
struct Line {
    std::string text;
    std::size_t number = 0;  ///< of its first natural line, from 1
};

class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {}

    /// The next line that holds a key, or none at the end.
    std::optional<Line> next() {
        while (!rest_.empty()) {
            Line line{.text = {}, .number = number_};
            auto natural = take_natural_line();
            if (natural.empty() || natural.front() == '#' || natural.front() == '!') continue;
            while (continued(natural)) {
                line.text += natural.substr(0, natural.size() - 1);
                natural = take_natural_line();
            }
            line.text += natural;
            if (!line.text.empty()) return line;
        }
        return std::nullopt;
    }

private:
    /// Without leading blanks and line end.
    std::string_view take_natural_line() {
        std::size_t end = 0;
        while (end < rest_.size() && !line_end(rest_[end])) ++end;
        auto line = rest_.substr(0, end);
        if (end < rest_.size()) end += rest_.substr(end).starts_with("\r\n") ? 2 : 1;
        rest_.remove_prefix(end);
        ++number_;
        while (!line.empty() && blank(line.front())) line.remove_prefix(1);
        return line;
    }
    static bool continued(std::string_view line) {
        std::size_t backslashes = 0;
        while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') ++backslashes;
        return backslashes % 2 == 1;
    }

    std::string_view rest_;
    std::size_t number_ = 1;
};

/// Undoes the escapes of a key or a value.
class Unescaper {
public:
    Unescaper(std::string_view text, std::string_view source, std::size_t line)
        : text_(text), source_(source), line_(line) {}

    std::string run() {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c != '\\') {
                out_ += c;
            } else if (at_ < text_.size()) {
                escape(text_[at_++]);
            }
        }
        return std::move(out_);
    }

private:
    void escape(char c) {
        switch (c) {
        case 't':
            out_ += '\t';
            break;
        case 'n':
            out_ += '\n';
            break;
        case 'r':
            out_ += '\r';
            break;
        case 'f':
            out_ += '\f';
            break;
        case 'u':
            unicode();
            break;
        default:
            out_ += c;
        }
    }
    void unicode() {
        char32_t unit = four_digits();
        if (unit >= 0xD800 && unit < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
            const auto before = at_;
            at_ += 2;
            const char32_t low = four_digits();
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            } else {
                at_ = before;
            }
        }
        append_utf8(out_, unit);
    }
    char32_t four_digits() {
        const auto bytes = from_hex(text_.substr(at_, 4));
        if (!bytes || bytes->size() != 2) {
            throw ConfigException(fmt::format("{}:{}: \\u must be followed by four hexadecimal digits, found '{}'",
                                              source_, line_, text_.substr(at_, 4)));
        }
        at_ += 4;
        return static_cast<char32_t>(static_cast<unsigned char>((*bytes)[0]) << 8) |
               static_cast<unsigned char>((*bytes)[1]);
    }

    std::string_view text_;
    std::string_view source_;
    std::size_t line_;
    std::size_t at_ = 0;
    std::string out_;
};

/// Where the key ends: at the first =, : or blank that no backslash hides.
std::size_t key_length(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size() && line[at] != '=' && line[at] != ':' && !blank(line[at])) at += line[at] == '\\' ? 2 : 1;
    return std::min(at, line.size());
}

std::string_view value_part(std::string_view rest) {
    const auto skip_blanks = [&rest] {
        while (!rest.empty() && blank(rest.front())) rest.remove_prefix(1);
    };
    skip_blanks();
    if (!rest.empty() && (rest.front() == '=' || rest.front() == ':')) {
        rest.remove_prefix(1);
        skip_blanks();
    }
    return rest;
}

}

PropertyList parse_property_list(std::string_view text, std::string_view source) {
    std::string converted;
    if (!valid_utf8(text)) text = converted = utf8_of_latin1(text);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    PropertyList properties;
    LineReader lines(text);
    while (const auto line = lines.next()) {
        const std::string_view whole = line->text;
        const auto key = whole.substr(0, key_length(whole));
        properties.emplace_back(Unescaper(key, source, line->number).run(),
                                Unescaper(value_part(whole.substr(key.size())), source, line->number).run());
    }
    return properties;
}

Settings parse_properties(std::string_view text, std::string_view source) {
    Settings settings;
    for (auto& [key, value] : parse_property_list(text, source)) settings[std::move(key)] = std::move(value);
    return settings;
}

std::string read_settings_file(const std::string& path) {
    if (std::filesystem::is_directory(path)) throw ConfigException(fmt::format("Cannot read {}: Is a directory", path));
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) {
        throw ConfigException(fmt::format("Cannot read {}: {}", path, std::generic_category().message(errno)));
    }
    return text;
}

Settings read_properties_file(const std::string& path) { return parse_properties(read_settings_file(path), path); }

}
