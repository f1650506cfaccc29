import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Makes up what Debezium sends besides changes of rows: logical decoding messages and changes of schemas; and JSON texts. */
final class Events {
    private final Values values;

    Events(Values values) {
        this.values = values;
    }

    Struct message() {
        Schema block = SchemaBuilder.struct().field("prefix", Schema.OPTIONAL_STRING_SCHEMA).field("content", values.oneIn(12) ? Schema.STRING_SCHEMA : Schema.BYTES_SCHEMA).build();
        Schema schema = SchemaBuilder.struct().name("io.debezium.connector.postgresql.MessageValue").version(values.oneIn(2) ? 1 : 2)
            .field("op", Schema.OPTIONAL_STRING_SCHEMA).field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA).field("message", block).build();
        String json = values.oneIn(20) ? values.pick("[1]", "x", "", "{", "[]", "{}") : object(3);
        Object content = block.field("content").schema().type() == Schema.Type.STRING ? json : json.getBytes(StandardCharsets.UTF_8);
        return new Struct(schema).put("op", "m").put("ts_ms", values.oneIn(3) ? null : (Long) 77L).put("message", new Struct(block).put("prefix", "p").put("content", content));
    }

    Struct schemaChange() {
        Schema change = SchemaBuilder.struct().field("type", Schema.OPTIONAL_STRING_SCHEMA).field("id", Schema.STRING_SCHEMA).build();
        Schema schema = SchemaBuilder.struct().name("s.SchemaChangeValue").field("ddl", Schema.OPTIONAL_STRING_SCHEMA)
            .field("tableChanges", SchemaBuilder.array(change).optional().build()).build();
        List<Struct> changes = new ArrayList<>();
        for (int i = values.below(3); i > 0; --i) {
            changes.add(new Struct(change).put("type", values.pick("CREATE", "ALTER", "DROP", "TRUNCATE", "DATABASE")).put("id", "t"));
        }
        return new Struct(schema).put("ddl", "ALTER ...").put("tableChanges", values.oneIn(6) ? null : changes);
    }

    String object(int depth) {
        StringBuilder out = new StringBuilder("{");
        List<String> names = new ArrayList<>();
        for (int i = values.below(5); i >= 0; --i) {
            String name = values.pick("id", "item", "a", "b", "x-y");
            if (names.contains(name)) continue;
            out.append(names.isEmpty() ? "" : ",").append('"').append(name).append("\":").append(any(depth - 1));
            names.add(name);
        }
        return out.append('}').toString();
    }

    private String any(int depth) {
        switch (values.below(depth > 0 ? 9 : 6)) {
            case 0: return "null";
            case 1: return values.pick("1", "-7", "2147483648", "99999999999", "0");
            case 2: return values.pick("1.5", "1e3", "-0.25", "3.0");
            case 3: return values.pick("true", "false");
            case 6: return object(depth);
            case 7: return array(depth, values.below(4));
            case 8: return array(depth, 4);
            default: return values.pick("\"x\"", "\"\"", "\"\\u00e9 \\\"q\\\"\"");
        }
    }

    /** Of one kind, or now and then of any; objects are all the same, for Java puts the fields of different ones in any order. */
    private String array(int depth, int kind) {
        StringBuilder out = new StringBuilder("[");
        String same = object(depth - 1);
        for (int i = values.below(4); i > 0; --i) {
            String element = values.oneIn(20) ? any(0)
                : kind == 0 ? values.pick("1", "2") : kind == 1 ? values.pick("\"a\"", "\"b\"", "null") : kind == 2 ? "1.5" : kind == 3 ? "[1]" : same;
            out.append(element).append(i > 1 ? "," : "");
        }
        return out.append(']').toString();
    }
}
