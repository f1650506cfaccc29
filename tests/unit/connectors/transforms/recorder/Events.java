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

    /** A table of an outbox, and what else may stand in it. */
    Schema outbox() {
        SchemaBuilder made = SchemaBuilder.struct().optional();
        made.name(values.pick("s.public.outbox.Value", "Value", "a.b.c.d"));
        made.field("id", values.oneIn(3) ? Schema.INT64_SCHEMA : SchemaBuilder.string().name("io.debezium.data.Uuid").version(1).build());
        made.field("aggregatetype", column(SchemaBuilder.string()));
        made.field("aggregateid", column(values.oneIn(3) ? SchemaBuilder.int32() : SchemaBuilder.string()));
        made.field("type", Schema.STRING_SCHEMA);
        made.field("payload", values.oneIn(4) ? values.schema(1) : column(SchemaBuilder.string().name("io.debezium.data.Json").version(1)));
        if (values.oneIn(2)) made.field("at", column(values.leaf()));
        if (values.oneIn(2)) made.field("time", column(SchemaBuilder.int64().name("io.debezium.time." + values.pick("Timestamp", "MicroTimestamp", "NanoTimestamp", "Other"))));
        if (values.oneIn(2)) made.field("version", column(SchemaBuilder.int32()));
        if (values.oneIn(2)) made.field("part", column(values.oneIn(6) ? SchemaBuilder.int64() : SchemaBuilder.int32()));
        if (values.oneIn(2)) made.field("tenant", values.schema(1));
        return made.build();
    }

    private Schema column(SchemaBuilder made) {
        if (values.oneIn(3)) made.optional();
        if (values.oneIn(6)) made.defaultValue(values.value(made, false));
        return made.build();
    }

    /** A row whose columns tell their types. */
    Schema described() {
        SchemaBuilder made = SchemaBuilder.struct().optional().name("s.public.t.Value");
        for (int i = values.below(4); i >= 0; --i) {
            SchemaBuilder column = values.oneIn(3) ? SchemaBuilder.int32() : SchemaBuilder.string();
            if (!values.oneIn(20)) column.parameter("__debezium.source.column.type", values.pick("VARCHAR", "NUMERIC", "INT4"));
            if (!values.oneIn(20)) column.parameter("__debezium.source.column.name", "c" + i);
            if (values.oneIn(2)) column.parameter("__debezium.source.column.length", values.oneIn(20) ? "x" : "20");
            if (values.oneIn(3)) column.parameter("__debezium.source.column.scale", "2");
            if (values.oneIn(3)) column.parameter("__debezium.source.column.comment", values.pick(Values.TEXTS));
            made.field("c" + i, column(column));
        }
        return made.build();
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
