#include "connectors/postgres/types/text_cursor.hpp"

namespace millrace::postgres {

void TextCursor::fail(const char* why) const {
    throw DataException(fmt::format("not a {}, {}: '{}'", type_, why, text_.substr(0, max_quoted_in_message)));
}

void refuse(const char* what, std::string_view text) {
    throw DataException(fmt::format("{}: '{}'", what, text.substr(0, max_quoted_in_message)));
}

}
