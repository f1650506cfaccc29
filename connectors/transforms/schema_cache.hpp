/// What a transformation works out once a schema: looked up by the schema's address, found again by its content when a
/// source makes equal schemas anew, bounded.
#pragma once
#include "connectors/api/schema.hpp"

#include <deque>
#include <memory>
#include <unordered_map>

namespace millrace::transforms {

template <class Plan>
class SchemaCache {
public:
    /// The plan of this schema; `make` makes it, and is not asked again for an equal schema. The reference lasts until
    /// the next call.
    template <class Make>
    const Plan& get(const SchemaPtr& schema, Make&& make) {
        if (schema.get() == last_schema_) return *last_plan_;
        auto found = plans_.find(schema.get());
        if (found == plans_.end()) found = add(schema, make);
        last_schema_ = schema.get();
        last_plan_ = found->second.plan.get();
        return *last_plan_;
    }

private:
    static constexpr std::size_t most_schemas = 512;
    struct Entry {
        SchemaPtr schema;  ///< kept, so that its address is nobody else's
        std::shared_ptr<const Plan> plan;
    };
    using Plans = std::unordered_map<const Schema*, Entry>;

    template <class Make>
    typename Plans::iterator add(const SchemaPtr& schema, Make&& make) {
        std::shared_ptr<const Plan> plan;
        for (const auto& [address, entry] : plans_) {
            if (equal(entry.schema, schema)) {
                plan = entry.plan;
                break;
            }
        }
        if (!plan) plan = std::make_shared<const Plan>(make(schema));
        if (plans_.size() >= most_schemas) {
            plans_.erase(order_.front());
            order_.pop_front();
        }
        order_.push_back(schema.get());
        return plans_.emplace(schema.get(), Entry{schema, std::move(plan)}).first;
    }

    Plans plans_;
    std::deque<const Schema*> order_;  ///< oldest first
    const Schema* last_schema_ = nullptr;
    const Plan* last_plan_ = nullptr;
};

}
