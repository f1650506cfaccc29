#include "worker/runtime/trace.hpp"

#include "worker/kafka/error.hpp"

#include <new>
#include <stdexcept>

namespace millrace::worker {

std::string java_exception_name_of(const std::exception& error) {
    if (const auto* e = dynamic_cast<const HasJavaClass*>(&error)) return std::string(e->java_class());
    if (const auto* e = dynamic_cast<const KafkaException*>(&error)) return java_exception_name(e->code);
    if (const auto* e = dynamic_cast<const RetriableKafkaException*>(&error)) return java_exception_name(e->code);
    if (dynamic_cast<const RetriableException*>(&error)) return "org.apache.kafka.connect.errors.RetriableException";
    if (dynamic_cast<const SchemaBuilderException*>(&error)) {
        return "org.apache.kafka.connect.errors.SchemaBuilderException";
    }
    if (dynamic_cast<const DataException*>(&error)) return "org.apache.kafka.connect.errors.DataException";
    if (dynamic_cast<const ConfigException*>(&error)) return "org.apache.kafka.common.config.ConfigException";
    if (dynamic_cast<const NotFoundException*>(&error)) return "org.apache.kafka.connect.errors.NotFoundException";
    if (dynamic_cast<const ConflictException*>(&error)) return "org.apache.kafka.connect.errors.AlreadyExistsException";
    if (dynamic_cast<const ConnectException*>(&error)) return "org.apache.kafka.connect.errors.ConnectException";
    if (dynamic_cast<const std::invalid_argument*>(&error)) return "java.lang.IllegalArgumentException";
    if (dynamic_cast<const std::out_of_range*>(&error)) return "java.lang.IndexOutOfBoundsException";
    if (dynamic_cast<const std::bad_alloc*>(&error)) return "java.lang.OutOfMemoryError";
    return "java.lang.RuntimeException";
}

std::string trace_of(const std::exception& error) {
    std::string text = java_exception_name_of(error) + ": " + error.what();
    const auto* nested = dynamic_cast<const std::nested_exception*>(&error);
    if (nested && nested->nested_ptr()) text += "\nCaused by: " + trace_of(nested->nested_ptr());
    return text;
}

bool is_permanent(const std::exception_ptr& error) noexcept {
    if (!error) return false;
    try {
        std::rethrow_exception(error);
    } catch (const PermanentException&) {
        return true;
    } catch (const ConfigException&) {
        return true;
    } catch (const TooManyTasksException&) {
        return true;
    } catch (const KafkaException& e) {
        return is_refusal(e.code);
    } catch (const std::exception& e) {
        const auto* nested = dynamic_cast<const std::nested_exception*>(&e);
        return nested != nullptr && is_permanent(nested->nested_ptr());
    } catch (...) {
        return false;
    }
}

std::string trace_of(const std::exception_ptr& error) {
    if (!error) return "";
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return trace_of(e);
    } catch (...) {
        return "java.lang.Error: an exception of no known type";
    }
}

}
