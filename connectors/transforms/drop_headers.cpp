#include "connectors/transforms/drop_headers.hpp"

#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

#include <algorithm>

namespace millrace::transforms {

namespace {
constexpr ConfigKey keys[] = {
    {.name = "headers",
     .type = ConfigType::List,
     .default_value = required,
     .valid = non_empty_distinct_list,
     .importance = Importance::High,
     .doc = "The name of the headers to be removed.",
     .null_complaint = null_list},
};
}

std::span<const ConfigKey> DropHeaders::config_keys() const noexcept { return keys; }

void DropHeaders::configure(const Settings& settings) { names_ = ConfigDef(keys).parse(settings).get_list("headers"); }

bool DropHeaders::apply(ConnectRecord& record, Arena&) {
    const auto dropped = [this](const Header& header) { return std::ranges::find(names_, header.key) != names_.end(); };
    if (!record.headers) return true;
    if (record.headers != last_) {
        if (std::ranges::none_of(*record.headers, dropped)) return true;
        auto headers = copy_headers(record.headers);
        std::erase_if(*headers, dropped);
        last_ = record.headers;
        last_left_ = std::move(headers);
    }
    record.headers = last_left_;
    return true;
}

}
