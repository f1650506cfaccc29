import java.util.ArrayList;
import java.util.List;

/** Makes conditions and topic expressions up, in the part of Groovy that is understood without a script engine. */
final class Expressions {
    private static final int POOL = 200;
    private final Values values;
    private final List<String> conditions = new ArrayList<>();
    private final List<String> topics = new ArrayList<>();

    Expressions(Values values) {
        this.values = values;
    }

    /** One of a few, for each costs a compilation. */
    String condition() {
        return pick(conditions, () -> truth(3));
    }

    String topic() {
        return pick(topics, () -> text(3));
    }

    private String pick(List<String> pool, java.util.function.Supplier<String> make) {
        if (pool.size() < POOL) pool.add(make.get());
        return pool.get(values.below(pool.size()));
    }

    private String field() {
        String name = values.pick(Values.NAMES);
        String column = name.contains(".") ? values.pick("'a.b'", "\"a.b\"") : name;
        switch (values.below(12)) {
            case 0: return "value.op";
            case 1: return values.pick("value.source.table", "value.source.lsn", "value.source.txId", "value?.source?.db");
            case 2: return values.pick("value.ts_ms", "value['ts_ms']", "value.get('ts_us')");
            case 3: return values.pick("value.transaction?.id", "value.transaction?.total_order");
            case 4: return values.pick("header.h1?.value", "header['h2']?.value", "header.h2.value", "header.drop?.value");
            case 5: return values.pick("key", "key." + column, "key?." + column);
            case 6: return values.pick("topic", "valueSchema?.name", "valueSchema.version()", "keySchema?.optional");
            case 7: return "value.before?." + column;
            case 8: return "value.after['" + name + "']";
            case 9: return "value.getStruct('after')?.get('" + name + "')";
            default: return "value.after?." + column;
        }
    }

    private String literal() {
        return values.pick("'u'", "\"t\"", "'12'", "'x'", "7", "77L", "0", "-1", "1.5", "2.50", "300", "1e3", "0.5d", "true", "false", "null", "''", "'\\u00e9\\u4e16'", "5", "1000000");
    }

    private String operand(int depth) {
        switch (values.below(depth > 0 ? 8 : 4)) {
            case 0: return literal();
            case 4: return "(" + operand(depth - 1) + term(depth - 1) + ")";
            case 5: return "(" + truth(depth - 1) + " ? " + operand(depth - 1) + " : " + operand(depth - 1) + ")";
            case 6: return "(" + field() + " ?: " + literal() + ")";
            case 7: return values.pick("-", "") + field();
            default: return field();
        }
    }

    /** Of a text times a large number Java's memory would not be enough. */
    private String term(int depth) {
        String operator = values.pick(" + ", " - ", " * ", " % ");
        return operator + (operator.equals(" * ") ? values.pick("0", "-1", "3", "1.5", "7L", "null", "'u'") : operand(depth));
    }

    private String list() {
        return "[" + literal() + ", " + literal() + ", " + literal() + "]";
    }

    private String truth(int depth) {
        switch (values.below(depth > 0 ? 14 : 6)) {
            case 0: case 1: return operand(depth - 1) + values.pick(" == ", " != ") + operand(depth - 1);
            case 2: return operand(depth - 1) + values.pick(" < ", " <= ", " > ", " >= ") + operand(depth - 1);
            case 3: return field() + values.pick(" in ", " !in ") + values.pick(list(), list(), field());
            case 4: return field() + " ==~ " + values.pick("/[a-z]+/", "'\\\\d+'", "/.*[.].*/", "/(?i)U|T/");
            case 5: return values.pick("valueSchema?.field('a') != null", "value == null", "value.after == value.before", "key != null", "valueSchema.field('after').schema().optional",
                "header.containsKey('h1')", "valueSchema.field('op').name() == 'op'", list() + ".contains(" + field() + ")");
            case 6: case 7: return truth(depth - 1) + " && " + truth(depth - 1);
            case 8: return "(" + truth(depth - 1) + " || " + truth(depth - 1) + ")";
            case 9: return "!(" + truth(depth - 1) + ")";
            case 10: return truth(depth - 1) + " ? " + truth(depth - 1) + " : " + truth(depth - 1);
            case 11: return "!(" + field() + " =~ " + values.pick("/1/", "/^u$/", "'a'") + ")";
            case 12: return "(" + operand(depth - 1) + " && " + field() + ")";
            default: return field() + values.pick("?.", ".") + values.pick("startsWith('1')", "contains('.')", "isEmpty()", "endsWith(\"5\")", "matches('[a-z]*')", "equalsIgnoreCase('U')", "equals(7)");
        }
    }

    private String text(int depth) {
        switch (values.below(depth > 0 ? 10 : 3)) {
            case 0: return values.pick("'other'", "\"more-\" + topic", "null");
            case 1: return "'p-' + " + operand(0);
            case 2: return "topic";
            case 3: return "topic + '.' + value.op.toUpperCase() + " + field();
            case 4: return field() + "?." + values.pick("trim()", "toString()", "toLowerCase()", "substring(1)", "replace('.', '_')", "replaceAll(/[.](.)/, '$1-')", "substring(0, 1)", "name");
            case 5: return "value.source.table + " + operand(1);
            case 6: return field() + ".size() + 'n'";
            default: return truth(depth - 1) + " ? " + text(depth - 1) + " : " + text(depth - 1);
        }
    }
}
