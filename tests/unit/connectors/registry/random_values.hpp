/// Values that nobody thought of, the same for the same seed: what the tests of all formats make up alike.
#pragma once
#include "connectors/api/schema.hpp"

#include <random>
#include <string>

namespace millrace::registry {

class RandomValues {
public:
    explicit RandomValues(std::uint64_t seed) : chance_(seed) {}

    bool one_in(std::size_t n) { return below(n) == 0; }

protected:
    std::size_t below(std::size_t limit) { return chance_() % limit; }
    std::string text();
    /// With a namespace, or not; no two are the same.
    std::string new_name();
    /// Now and then the type's zero. Numbers are finite.
    Value scalar(Type type, Arena& arena);
    /// The key of a map's entry, other than those of the entries before it.
    Value key(Type type, std::size_t entry, Arena& arena);

private:
    std::mt19937_64 chance_;
    int names_ = 0;
};

}
