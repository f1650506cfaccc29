#include "connectors/transforms/expressions/letters.hpp"

#include "connectors/support/text.hpp"

#include <clocale>
#include <cwctype>
#include <memory>

namespace millrace::transforms {

namespace {

struct FreeLocale {
    void operator()(locale_t locale) const noexcept { freelocale(locale); }
};

/// The C library's own tables, whatever the process's locale is.
locale_t unicode() {
    static const std::unique_ptr<std::remove_pointer_t<locale_t>, FreeLocale> locale(
        newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr));
    return locale.get();
}

template <class Use>
void for_each_letter(std::u16string_view units, Use use) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        char32_t letter = units[i];
        const bool is_pair = letter >= 0xD800 && letter < 0xDC00 && i + 1 < units.size();
        if (is_pair) letter = 0x10000 + ((letter - 0xD800) << 10) + (char32_t{units[++i]} - 0xDC00);
        use(letter);
    }
}

std::string mapped(std::string_view utf8, wint_t (*map)(wint_t, locale_t)) {
    std::string out;
    for_each_letter(to_utf16(utf8), [&](char32_t letter) {
        append_utf8(out, unicode() ? static_cast<char32_t>(map(static_cast<wint_t>(letter), unicode())) : letter);
    });
    return out;
}

}

std::string from_utf16(std::u16string_view units) {
    std::string out;
    for_each_letter(units, [&](char32_t letter) { append_utf8(out, letter); });
    return out;
}

std::string to_upper_case(std::string_view utf8) { return mapped(utf8, towupper_l); }
std::string to_lower_case(std::string_view utf8) { return mapped(utf8, towlower_l); }

}
