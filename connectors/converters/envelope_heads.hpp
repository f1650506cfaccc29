/// The beginnings {"schema":...,"payload": of messages, with the schemas that they mean: messages of one table begin
/// alike, and need not be parsed that far again.
#pragma once
#include "connectors/api/schema.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::converters {

class EnvelopeHeads {
public:
    struct Found {
        SchemaPtr schema;
        std::string_view payload;  ///< if it is JSON; otherwise the message is not what it seemed
    };
    /// None for a message that begins otherwise than those before it.
    std::optional<Found> find(std::string_view message);
    /// A message that was parsed, and its schema. One that is written in another way is not remembered.
    void add(std::string_view message, const SchemaPtr& schema);
    void clear() noexcept { heads_.clear(); }

private:
    static constexpr std::size_t most_heads = 64;
    static constexpr std::size_t most_bytes = 1 << 18;  ///< of one head
    struct Head {
        std::string text;
        SchemaPtr schema;
    };
    std::vector<Head> heads_;  ///< the one that was found last first
};

}
