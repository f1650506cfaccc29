/// Debezium's transformations by an expression: Filter keeps the records for which a condition holds,
/// ContentBasedRouter sends records to the topic that an expression gives. There is no script engine: the languages are
/// jsr223.groovy and jsr223.graal.js, and of them what Expression understands.
///
/// Facts   Debezium: io.debezium.transforms.ScriptingTransformation, Filter, ContentBasedRouter.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/support/regex.hpp"
#include "connectors/transforms/expressions/expression.hpp"

#include <optional>
#include <string_view>

namespace millrace::transforms {

class ScriptingTransformation : public Transformation {
public:
    void configure(const Settings& settings) final;
    bool apply(ConnectRecord& record, Arena& arena) final;

protected:
    virtual std::string_view expression_key() const noexcept = 0;
    virtual bool apply(ConnectRecord& record, Arena& arena, Expression& expression) = 0;

private:
    enum class Nulls : std::uint8_t { Keep, Drop, Evaluate };
    std::optional<Regex> topics_;
    Nulls nulls_ = Nulls::Keep;
    std::optional<Expression> expression_;
};

class ConditionFilter final : public ScriptingTransformation {
public:
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::string_view expression_key() const noexcept override { return "condition"; }
    bool apply(ConnectRecord& record, Arena& arena, Expression& expression) override;
};

class ContentBasedRouter final : public ScriptingTransformation {
public:
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    std::string_view expression_key() const noexcept override { return "topic.expression"; }
    bool apply(ConnectRecord& record, Arena& arena, Expression& expression) override;
};

}
