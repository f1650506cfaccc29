#include "worker/plugins/names.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::worker {

namespace {

std::string_view next_part(std::string_view& rest) noexcept {
    const auto end = std::min(rest.find_first_of(".-"), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}
bool as_number(std::string_view text, long& value) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

}

std::string_view to_string(PluginType type) noexcept {
    switch (type) {
    case PluginType::Sink:
        return "sink";
    case PluginType::Source:
        return "source";
    case PluginType::Transformation:
        return "transformation";
    case PluginType::Predicate:
        return "predicate";
    case PluginType::Converter:
        return "converter";
    case PluginType::HeaderConverter:
        return "header_converter";
    case PluginType::ConfigProvider:
        return "configprovider";
    }
    return "";
}

std::string_view interface_name(PluginType type) noexcept {
    switch (type) {
    case PluginType::Sink:
    case PluginType::Source:
        return "Connector";
    case PluginType::Transformation:
        return "Transformation";
    case PluginType::Predicate:
        return "Predicate";
    case PluginType::Converter:
        return "Converter";
    case PluginType::HeaderConverter:
        return "HeaderConverter";
    case PluginType::ConfigProvider:
        return "ConfigProvider";
    }
    return "";
}

std::string_view simple_name(std::string_view class_name) noexcept {
    return class_name.substr(class_name.find_last_of(".$") + 1);
}

std::vector<std::string> aliases_of(PluginType type, std::string_view class_name) {
    // Debezium's is not part of its connectors: those who write "Filter" mean Kafka's, and must not find it ambiguous.
    if (class_name == "io.debezium.transforms.Filter") return {};
    const auto simple = simple_name(class_name);
    std::vector<std::string> aliases{std::string(simple)};
    const auto at = simple.rfind(interface_name(type));
    if (at != std::string_view::npos && at > 0) aliases.emplace_back(simple.substr(0, at));
    return aliases;
}

bool version_less(std::string_view a, std::string_view b) noexcept {
    while (!a.empty() || !b.empty()) {
        const auto x = next_part(a);
        const auto y = next_part(b);
        long m = 0;
        long n = 0;
        if (as_number(x, m) && as_number(y, n)) {
            if (m != n) return m < n;
        } else if (x != y) {
            return x < y;
        }
    }
    return false;
}

}
