/// Failures that Debezium has a class of its own for.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/api/java_class.hpp"

namespace millrace::postgres {

/// `Base` says what the worker does about it.
template <class Base>
struct AsDebeziumException : Base, HasJavaClass {
    using Base::Base;
    std::string_view java_class() const noexcept override { return "io.debezium.DebeziumException"; }
};
using DebeziumException = AsDebeziumException<ConnectException>;
using PermanentDebeziumException = AsDebeziumException<PermanentException>;

/// A statement failed while the task began.
struct JdbcConnectionException : ConnectException, HasJavaClass {
    using ConnectException::ConnectException;
    std::string_view java_class() const noexcept override { return "io.debezium.jdbc.JdbcConnectionException"; }
};

}
