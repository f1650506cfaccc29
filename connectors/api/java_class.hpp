/// For exceptions whose class in Java is another than that of their type here (errors.hpp): users know failures by it,
/// because a FAILED status begins with it.
#pragma once
#include <string_view>

namespace millrace {

class HasJavaClass {
public:
    virtual ~HasJavaClass() = default;
    /// With its package: "io.debezium.DebeziumException". Lives as long as the program.
    virtual std::string_view java_class() const noexcept = 0;
};

}
