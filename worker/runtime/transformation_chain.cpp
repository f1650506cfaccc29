#include "worker/runtime/transformation_chain.hpp"

#include "worker/config/worker_config.hpp"
#include "worker/runtime/trace.hpp"

#include <algorithm>

namespace millrace::worker {

namespace {

std::string take(Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    if (found == settings.end()) return "";
    auto value = std::string(trim(found->second));
    settings.erase(found);
    return value;
}

std::string required_type(Settings& settings, const std::string& prefix) {
    auto type = take(settings, "type");
    if (type.empty()) {
        throw ConfigException(
            fmt::format("Missing required configuration \"{}type\" which has no default value.", prefix));
    }
    return type;
}

std::vector<std::string> list(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::vector<std::string>{} : split_list(found->second);
}

std::unique_ptr<Predicate> make_predicate(const PluginRegistry& plugins, const Settings& connector,
                                          const std::string& transform, const std::string& alias) {
    const auto declared = list(connector, "predicates");
    if (std::ranges::find(declared, alias) == declared.end()) {
        throw ConfigException(
            fmt::format("transforms.{}.predicate={} names a predicate that is not in 'predicates'. Add it there.",
                        transform, alias));
    }
    const auto prefix = fmt::format("predicates.{}.", alias);
    auto settings = with_prefix_removed(connector, prefix);
    auto predicate = plugins.create_predicate(required_type(settings, prefix));
    predicate->configure(settings);
    return predicate;
}

}

TransformationChain::Link TransformationChain::make_link(const PluginRegistry& plugins, const Settings& connector,
                                                         const std::string& alias, const Logger& logger) {
    const auto prefix = fmt::format("transforms.{}.", alias);
    auto settings = with_prefix_removed(connector, prefix);
    Link link{.alias = alias, .class_name = required_type(settings, prefix), .transformation = {}, .predicate = {}};
    const auto predicate = take(settings, "predicate");
    const auto negate = take(settings, "negate");
    link.negate = negate == "true" || negate == "TRUE" || negate == "True";
    if (!predicate.empty()) {
        link.predicate = make_predicate(plugins, connector, alias, predicate);
        link.predicate_alias = predicate;
        link.predicate_class = connector.at(fmt::format("predicates.{}.type", predicate));
    } else if (!negate.empty()) {
        throw ConfigException(
            fmt::format("Config '{0}negate' was provided but there is no config '{0}predicate' "
                        "defining a predicate to be negated.",
                        prefix));
    }
    link.transformation = plugins.create_transformation(link.class_name);
    if (const auto* info = plugins.find(PluginType::Transformation, link.class_name)) {
        link.class_name = info->class_name;
    }
    link.transformation->use_logger(logger.named(link.class_name));
    link.transformation->configure(settings);
    return link;
}

TransformationChain::TransformationChain(const PluginRegistry& plugins, const Settings& connector,
                                         const Logger& logger) {
    try {
        for (const auto& alias : list(connector, "transforms")) {
            links_.push_back(make_link(plugins, connector, alias, logger));
        }
    } catch (const std::exception& e) {
        std::throw_with_nested(ConnectException(fmt::format("{}: {}", java_exception_name_of(e), e.what())));
    }
}

bool TransformationChain::apply(ConnectRecord& record, Arena& arena, ProcessingContext& context) {
    for (auto& link : links_) {
        const auto kept = attempt({StageKind::Transformation, link.class_name}, context, [&] {
            if (link.predicate && link.predicate->test(record) == link.negate) return true;
            return link.transformation->apply(record, arena);
        });
        if (!kept || !*kept) return false;
    }
    return true;
}

std::vector<TransformationChain::Part> TransformationChain::parts() const {
    std::vector<Part> all;
    for (const auto& link : links_) {
        all.push_back({PluginType::Transformation, link.alias, link.class_name});
        if (!link.predicate) continue;
        const bool known = std::ranges::any_of(all, [&](const Part& part) {
            return part.type == PluginType::Predicate && part.alias == link.predicate_alias;
        });
        if (!known) all.push_back({PluginType::Predicate, link.predicate_alias, link.predicate_class});
    }
    return all;
}

std::string TransformationChain::describe() const {
    std::string text;
    for (const auto& link : links_) text += (text.empty() ? "" : ", ") + link.class_name;
    return text;
}

}
