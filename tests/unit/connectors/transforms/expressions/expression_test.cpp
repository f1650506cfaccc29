#include "connectors/transforms/expressions/expression.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/transforms/expressions/token.hpp"
#include "tests/pch.hpp"

namespace millrace::transforms {

namespace {

SchemaPtr plain(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }

/// An update of a row, as Debezium's connector writes it.
class Event {
public:
    Event() {
        const auto decimal = make_schema({.type = Type::Bytes,
                                          .name = std::string(decimal_schema_name),
                                          .version = 1,
                                          .parameters = {{"scale", "2"}}});
        const auto row =
            make_schema({.type = Type::Struct,
                         .optional = true,
                         .fields = {{"id", plain(Type::Int64)},
                                    {"name", plain(Type::String, true)},
                                    {"price", decimal},
                                    {"tags", make_schema({.type = Type::Array, .value = plain(Type::String)})},
                                    {"weight", plain(Type::Float64)},
                                    {"at", make_logical_schema(Logical::Timestamp, false)},
                                    {"odd name", plain(Type::Int32)}}});
        const auto source = make_schema(
            {.type = Type::Struct, .fields = {{"schema", plain(Type::String)}, {"table", plain(Type::String)}}});
        record.value_schema =
            make_schema({.type = Type::Struct,
                         .name = "shop.orders.Envelope",
                         .version = 2,
                         .fields = {{"before", row}, {"after", row}, {"source", source}, {"op", plain(Type::String)}}});
        record.key_schema = plain(Type::Int32);
        record.key = Value::int32(5);
        record.value = Value::structure(envelope);
        record.topic = "shop.public.orders";
        record.headers = std::make_shared<std::vector<Header>>(
            std::vector<Header>{{.key = "h", .schema = plain(Type::String), .value = Value::string("old")},
                                {.key = "h", .schema = plain(Type::String), .value = Value::string("new")}});
    }

    bool test(std::string_view text, Dialect dialect = Dialect::Groovy) {
        return Expression(text, dialect).test(record, arena);
    }
    std::string text(std::string_view text) {
        Expression expression(text);
        const auto value = expression.text(record, arena);
        return value.is_null() ? "null" : std::string(value.as_text());
    }
    std::string error(std::string_view expression, Dialect dialect = Dialect::Groovy) {
        try {
            test(expression, dialect);
            return "none";
        } catch (const DataException& e) {
            return e.what();
        }
    }

    ConnectRecord record;
    Arena arena;

private:
    const std::array<Value, 2> tags{Value::string("red"), Value::string("blue")};
    const std::array<Value, 7> row_values{Value::int64(7),          Value(),
                                          Value::bytes("\x04\xB0"), Value::array(tags),
                                          Value::float64(0.5),      Value::int64(1'700'000'000'000),
                                          Value::int32(3)};
    const std::array<Value, 2> source_values{Value::string("public"), Value::string("orders")};
    const std::array<Value, 4> envelope{Value(), Value::structure(row_values), Value::structure(source_values),
                                        Value::string("u")};
};

}

TEST_CASE("conditions that people write hold for the records that they mean") {
    Event event;
    for (const auto* text : {
             "value.op == 'u' && value.after.id == 7",
             "value.op == \"u\" || value.nothing.at.all",
             "!(value.op in ['c', 'r'])",
             "value.op !in ['c', 'r']",
             "value.before == null && value.before?.id == null",
             "!value.before",
             "value.after.price >= 12 && value.after.price == 12.0 && value.after.price < 12.01",
             "value.after.weight == 0.5 && value.after.weight < 1",
             "value.after.id % 2 == 1 && value.after.id * 2 - 4 == 10",
             "-value.after.id == -7L",
             "value.source.schema == 'public' && value['source']['table'] == 'orders'",
             "value.after.'odd name' == 3 && value.after[\"odd name\"] == 3",
             "topic.startsWith('shop.') && topic.endsWith('orders') && topic.contains('public')",
             "topic ==~ /shop\\..*/ && topic =~ 'publ' && topic.matches('shop.+')",
             "'red' in value.after.tags && value.after.tags[-1] == 'blue' && value.after.tags.size() == 2",
             "[5, 6].contains(key) && key in [5] && !(5L in [key])",
             "header.h.value == 'new' && headers['h'].value == 'new' && header.none == null",
             "valueSchema.name == 'shop.orders.Envelope' && valueSchema.version() == 2 && keySchema.name() == null",
             "valueSchema.field('op') != null && valueSchema.field('no') == null",
             "value.getStruct('after').getInt64('id') == 7",
             "value.after.at.time == 1700000000000L && value.after.at.getTime() > 0",
             "(value.after.name ?: 'none') == 'none'",
             "value.op == 'd' ? false : value.after.id > 3",
             "return value.op == 'u';",
             "value.op == 'u'\n && key == 5",
             "'\u00e9t\u00e9'.toUpperCase() == '\u00c9T\u00c9' && '\u00e9t\u00e9'.length() == 3",
             "' a '.trim() == 'a' && 'abc'.substring(1) == 'bc' && 'abc'.indexOf('c') == 2",
             "2147483647 + 1 == -2147483648",
             "null < 1 && 53 == '5' && 'a' < 'b'",
             // as people have them in their configurations
             "!(valueSchema.field('op') && value.op == 'c' && value.source.table == 'post')",
             "!(valueSchema.field('op') && value.op == 'u' && value.before && value.before.flags == '{}')",
             "value.op == 'c' || value.op == 'u'",
             "value.after?.id == 7",
             "value.source != 'sync_service'",
             "!topic.matches('__debezium-heartbeat.(.*)') && value.source.table.matches('(orders)')",
             "value.source.table == 'orders' && (value.op == 'd' || (value.op == 'u' && value.after.id != 8))",
             "(value.op in ['c','u','d'] )   ? true : false",
             "topic == 'shop.public.orders' && headers.h.value == 'new'",
         }) {
        INFO(text);
        CHECK(event.test(text));
    }
}

TEST_CASE("conditions in JavaScript follow its rules") {
    Event event;
    for (const auto* text : {
             "value.op == 'u' && value.after.id == 7",
             "value.get('op') == 'u' && value.get('after').get('id') === 7",
             "value.op !== 'c' && value.before === null && value.before == null && !value.before",
             "headers.h.value == 'new' && topic.startsWith('shop')",
             "['c', 'u'].includes(value.op) && !['7'].includes(value.after.id) && [7].includes(value.after.id)",
             "value.after.tags.includes('red') && topic.includes('public') && value.op.length === 1",
             "value.nothing == null && !value.nothing && value['nothing'] == null && value.after.tags[-1] == null",
             "'7' == value.after.id && '7' !== value.after.id && '' == 0 && 'x' != 0",
             "(value.after.name || 'none') === 'none' && (value.op && true)",
             "!('' || 0) && !!value.after.tags",
             "value.after.weight + 0.25 === 0.75 && 7 % 4 === 3 && 2147483647 + 1 === 2147483648",
             "!('a' < 1) && !('a' >= 1) && null < 1 && 'a' < 'b' && '10' > 9",
             "value.before?.id == null",
             "valueSchema.name() === 'shop.orders.Envelope' && valueSchema.field('op') != null",
         }) {
        INFO(text);
        CHECK(event.test(text, Dialect::JavaScript));
    }
    CHECK(event.error("value.op", Dialect::JavaScript) ==
          "Error while evaluating expression 'value.op': it gives java.lang.String, not true or false");
    CHECK_THAT(event.error("value.after.price == 12", Dialect::JavaScript),
               Catch::Contains("Comparing java.math.BigDecimal and java.lang.Integer is not supported in JavaScript"));
    CHECK_THAT(event.error("value.before.id == 1", Dialect::JavaScript),
               Catch::Contains("Cannot get property 'id' on null object"));
}

TEST_CASE("what one of the languages lacks is refused in it") {
    const auto [text, dialect, complaint] = GENERATE(table<std::string, Dialect, std::string>({
        {"value.op === 'u'", Dialect::Groovy, "before === 'u': === is not supported here"},
        {"['c'].includes(value.op)", Dialect::Groovy, "the method includes is not supported"},
        {"value.op in ['c']", Dialect::JavaScript, "before in ['c']: in is not supported here"},
        {"topic =~ 'a'", Dialect::JavaScript, "=~ is not supported here"},
        {"/a/.test(topic)", Dialect::JavaScript, "a value that is no pattern"},
        {"value.name ?: 'x'", Dialect::JavaScript, "?: is not supported here"},
        {"return true", Dialect::JavaScript, "return is not known"},
        {"key == 12L", Dialect::JavaScript, "a number"},
        {"topic.matches('a')", Dialect::JavaScript,
         "the method matches is not supported; there are includes, endsWith"},
        {"topic.includes()", Dialect::JavaScript, "the method includes takes no 0 arguments"},
        {"value.op = 'u'", Dialect::JavaScript, "Expressions are a part of JavaScript"},
    }));
    INFO(text);
    CHECK_THAT(expression_complaint(text, dialect), Catch::Contains(complaint));
}

TEST_CASE("topic expressions give a text or null") {
    Event event;
    CHECK(Expression("value.op === 'u' ? 'updates-' + value.after.id : null", Dialect::JavaScript)
              .text(event.record, event.arena) == Value::string("updates-7"));
    CHECK(event.text("value.op == 'u' ? 'updates' : null") == "updates");
    CHECK(event.text("value.op == 'd' ? 'deletes' : null") == "null");
    CHECK(event.text("'archive.' + value.source.table + '-' + value.after.id") == "archive.orders-7");
    CHECK(event.text("topic.replaceAll(/^shop\\.(\\w+)\\.(.*)/, '$2-$1')") == "orders-public");
    CHECK(event.text("topic.replace('.', '_') + value.after.price") == "shop_public_orders12.00");
}

TEST_CASE("what cannot be evaluated for a record names the expression and the reason") {
    Event event;
    const auto [text, reason] = GENERATE(table<std::string, std::string>({
        {"value.nope == 1", "nope is not a valid field name"},
        {"value.before.id == 1", "Cannot get property 'id' on null object"},
        {"value.after.name.length() == 1", "Cannot invoke method length() on null object"},
        {"value.op", "it gives java.lang.String, not true or false"},
        {"null", "it gives null, not true or false"},
        {"value.source.table > 5", "Cannot compare java.lang.String and java.lang.Integer"},
        {"value.after.id % 0 == 1", "/ by zero"},
        {"value.getStruct('after').getInt32('id') == 7", "Field 'id' is not of type INT32"},
        {"value.after.price + 1 > 2", "Arithmetic with decimals is not supported"},
    }));
    CHECK(event.error(text) == "Error while evaluating expression '" + text + "': " + reason);
}

TEST_CASE("what is no expression is refused with its place and what there is") {
    const auto [text, complaint] = GENERATE(table<std::string, std::string>({
        {"", "at character 1: a value is missing"},
        {"value.op == ", "at character 13: a value is missing"},
        {"value.op = 'u'", "at character 10, before = 'u': = is not supported here, but an operator or the end"},
        {"value.op == 'u' value",
         "at character 17, before value: value is not supported here, but an operator or the end"},
        {"vale.op == 'u'",
         "at character 1, before vale.op == 'u': vale is not known; there are key, value, keySchema, "
         "valueSchema, topic and header"},
        {"value.op.reverse()", "at character 10, before reverse(): the method reverse is not supported; there are "},
        {"\"${topic}-x\"", "at character 2, before ${topic}-x\": strings with $... in them are not supported"},
        {"value.tags.any { it == 1 }", "at character 16, before { it == 1 }: { is not supported here"},
        {"'abc", "at character 1, before 'abc: this string does not end"},
        {"topic ==~ 'a('", "at character 11, before 'a(': Invalid regex: Unclosed group"},
        {"topic ==~ key", "at character 11, before key: key is not supported here, but a pattern in quotes or slashes"},
        {"topic =~ 'a' == true", "at character 14, before == true: == is not supported here, but nothing more behind"},
        {"key == (topic =~ 'a')", "at character 15, before =~ 'a'): =~ is supported as a condition alone"},
        {"[1, 2] == key", "at character 1, before [1, 2] == key: a list is supported behind `in`"},
        {"topic.substring()", "at character 7, before substring(): the method substring takes no 0 arguments"},
        {"1 / 2 == 0", "at character 3, before / 2 == 0: / is not supported here"},
        {"010 == 8", "at character 1, before 010 == 8: the number 010 would be octal"},
        {"99999999999999999999 > 1", "the number 99999999999999999999 is too large"},
        {"value.id instanceof Long", "at character 10"},
        {"key == 1 // one", "at character 10, before // one: comments are not supported"},
        {"(key", "at character 5: ) is missing"},
    }));
    INFO(text);
    CHECK_THAT(expression_complaint(text), Catch::Contains(complaint));
    CHECK_THROWS_AS(Expression(text), ExpressionError);
}

TEST_CASE("expressions are bounded") {
    CHECK_THAT(expression_complaint(fmt::format("{:(>101}key", "")), Catch::Contains("nested more than 100 deep"));
    CHECK_THAT(expression_complaint(fmt::format("{:!>200}key", "")), Catch::Contains("nested more than 100 deep"));
    std::string long_one = "key";
    while (long_one.size() < 10'000) long_one += " && key";
    CHECK_THAT(expression_complaint(long_one), Catch::Contains("more than 2000 words"));
    CHECK_THAT(expression_complaint(fmt::format("{: >20001}", "")), Catch::Contains("longer than 20000 bytes"));
}

TEST_CASE("fields are found again in records of another schema") {
    Event event;
    Expression expression("value.op == 'u'");
    CHECK(expression.test(event.record, event.arena));
    const std::array values{Value::int32(1), Value::string("u")};
    event.record.value_schema =
        make_schema({.type = Type::Struct, .fields = {{"first", plain(Type::Int32)}, {"op", plain(Type::String)}}});
    event.record.value = Value::structure(values);
    CHECK(expression.test(event.record, event.arena));
}

}
