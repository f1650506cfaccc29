/// The transformations of a connector (transforms.*), each with its predicate (predicates.*), in their order.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/runtime/attempt.hpp"

#include <memory>
#include <string>
#include <vector>

namespace millrace::worker {

class TransformationChain {
public:
    TransformationChain() = default;
    /// Throws ConnectException with the cause nested for a class that is not there, a predicate that is not declared
    /// or settings that do not do.
    TransformationChain(const PluginRegistry& plugins, const Settings& connector, const Logger& logger);

    bool empty() const noexcept { return links_.empty(); }
    /// Changes the record in place, new values in `arena`; false if it is dropped or skipped.
    bool apply(ConnectRecord& record, Arena& arena, ProcessingContext& context);
    std::string describe() const;  ///< "RegexRouter, Filter": class names
    struct Part {
        PluginType type;  ///< Transformation or Predicate
        std::string alias;
        std::string class_name;
    };
    std::vector<Part> parts() const;

private:
    struct Link {
        std::string alias;
        std::string class_name;
        std::unique_ptr<Transformation> transformation;
        std::unique_ptr<Predicate> predicate;  ///< null: always
        std::string predicate_alias = {};
        std::string predicate_class = {};
        bool negate = false;
    };
    static Link make_link(const PluginRegistry& plugins, const Settings& connector, const std::string& alias,
                          const Logger& logger);

    std::vector<Link> links_;
};

}
