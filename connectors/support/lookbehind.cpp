#include "connectors/support/lookbehind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace millrace {

namespace {

constexpr std::size_t most_alternatives = 1000;
constexpr std::size_t most_repetitions = 1000;
constexpr int most_levels = 20;

using Texts = std::vector<std::string>;

/// None wherever it cannot be done.
class Expander {
public:
    explicit Expander(std::string_view part) : part_(part) {}

    std::optional<Texts> run() {
        auto found = alternatives(0);
        if (!found || at_ < part_.size()) return std::nullopt;
        return found;
    }

private:
    struct Repetition {
        std::size_t least = 1;
        std::size_t most = 1;
    };

    bool next_is(std::string_view text) const noexcept { return part_.substr(at_).starts_with(text); }

    std::optional<Texts> alternatives(int level) {
        if (level > most_levels) return std::nullopt;
        Texts all;
        for (;;) {
            auto one = sequence(level);
            if (!one || all.size() + one->size() > most_alternatives) return std::nullopt;
            all.insert(all.end(), one->begin(), one->end());
            if (!next_is("|")) return all;
            ++at_;
        }
    }

    std::optional<Texts> sequence(int level) {
        Texts all{""};
        while (at_ < part_.size() && !next_is("|") && !next_is(")")) {
            const auto one = next_is("(?:") ? group(level) : atom();
            const auto often = repetition();
            if (!one || !often || !extend(all, *one, *often)) return std::nullopt;
        }
        return all;
    }

    std::optional<Texts> group(int level) {
        at_ += 3;
        auto inner = alternatives(level + 1);
        if (!inner || !next_is(")")) return std::nullopt;
        ++at_;
        return inner;
    }

    /// One character, or a class of them.
    std::optional<Texts> atom() {
        const auto begin = at_;
        if (next_is("(") || next_is("\\Q") || next_is("\\E")) return std::nullopt;
        if (next_is("[")) {
            if (!pass_class()) return std::nullopt;
        } else if (next_is("\\")) {
            at_ = std::min(at_ + 2, part_.size());
            if (next_is("{") && std::string_view("xopPNgk").find(part_[begin + 1]) != std::string_view::npos)
                at_ = std::min(part_.find('}', at_), part_.size() - 1) + 1;
        } else {
            do ++at_;
            while (at_ < part_.size() && (static_cast<unsigned char>(part_[at_]) & 0xC0) == 0x80);
        }
        return Texts{std::string(part_.substr(begin, at_ - begin))};
    }

    bool pass_class() noexcept {
        ++at_;
        if (next_is("^")) ++at_;
        for (bool first = true; at_ < part_.size(); first = false) {
            if (next_is("]") && !first) {
                ++at_;
                return true;
            }
            if (next_is("[:")) at_ = std::min(part_.find(":]", at_), part_.size() - 2);
            at_ += next_is("\\") || next_is(":]") ? 2 : 1;
        }
        return false;
    }

    std::optional<Repetition> repetition() {
        Repetition often;
        if (next_is("*") || next_is("+")) return std::nullopt;
        if (next_is("?")) {
            ++at_;
            often.least = 0;
        } else if (next_is("{")) {
            const auto end = part_.find('}', at_);
            if (end == std::string_view::npos) return std::nullopt;
            const auto inside = part_.substr(at_ + 1, end - at_ - 1);
            const auto comma = inside.find(',');
            const auto least = number(inside.substr(0, comma));
            const auto most = comma == std::string_view::npos ? least : number(inside.substr(comma + 1));
            if (!least || !most || *most < *least || *most > most_repetitions) return std::nullopt;
            often = {.least = *least, .most = *most};
            at_ = end + 1;
        } else {
            return often;
        }
        if (next_is("+")) return std::nullopt;
        if (next_is("?")) ++at_;
        return often;
    }

    static std::optional<std::size_t> number(std::string_view digits) {
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return value;
    }

    /// Puts each of `parts`, as often as allowed, behind each of `all`.
    static bool extend(Texts& all, const Texts& parts, Repetition often) {
        Texts repeated{""};
        Texts endings;
        for (std::size_t count = 0; count <= often.most; ++count) {
            if (count >= often.least) endings.insert(endings.end(), repeated.begin(), repeated.end());
            if (count == often.most) break;
            if (repeated.size() * parts.size() > most_alternatives || endings.size() > most_alternatives) return false;
            repeated = joined(repeated, parts);
        }
        if (all.size() * endings.size() > most_alternatives) return false;
        all = joined(all, endings);
        return true;
    }

    static Texts joined(const Texts& beginnings, const Texts& endings) {
        Texts all;
        all.reserve(beginnings.size() * endings.size());
        for (const auto& beginning : beginnings) {
            for (const auto& ending : endings) all.push_back(beginning + ending);
        }
        return all;
    }

    std::string_view part_;
    std::size_t at_ = 0;
};

}

std::string fixed_alternatives(std::string_view part) {
    if (part.find_first_of("?{|") == std::string_view::npos) return std::string(part);
    const auto found = Expander(part).run();
    return found ? fmt::format("{}", fmt::join(*found, "|")) : std::string(part);
}

}
