import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Makes schemas and values up. */
final class Values {
    static final String[] NAMES = {"a", "b", "c", "d", "e", "f", "a.b", "n"};
    static final String[] TEXTS = {"", "x", "12", "-7", "1.5", "true", "2020-01-02", "2020-01-02T03:04:05.678", "a b", "\u00e9\u4e16", "NaN",
        "1e3", "300", "99999999999", " 5 ", "o'k\"\n"};
    private static final long DAY = 86_400_000L;
    private final Random random;
    private final Geometries geometries;
    private final Events events;

    Values(Random random) {
        this.random = random;
        geometries = new Geometries(this);
        events = new Events(this);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    int below(int n) {
        return random.nextInt(n);
    }

    String pick(String... from) {
        return from[random.nextInt(from.length)];
    }

    SchemaBuilder leaf() {
        switch (random.nextInt(17)) {
            case 0: return SchemaBuilder.int8();
            case 1: return SchemaBuilder.int16();
            case 2: return SchemaBuilder.int32();
            case 3: return SchemaBuilder.int64();
            case 4: return SchemaBuilder.float32();
            case 5: return SchemaBuilder.float64();
            case 6: return SchemaBuilder.bool();
            case 7: return SchemaBuilder.bytes();
            case 8: return Decimal.builder(random.nextInt(4));
            case 9: return org.apache.kafka.connect.data.Date.builder();
            case 10: return Time.builder();
            case 11: return Timestamp.builder();
            case 12: return SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp").version(1);
            case 13: return SchemaBuilder.int64().name("io.debezium.time." + pick("Timestamp", "MicroTimestamp", "NanoTimestamp")).version(1);
            case 14: return temporal();
            default: return SchemaBuilder.string();
        }
    }

    private SchemaBuilder temporal() {
        switch (random.nextInt(5)) {
            case 0: return SchemaBuilder.string().name("io.debezium.time.ZonedTime").version(1);
            case 1: return SchemaBuilder.int32().name("io.debezium.time." + pick("Date", "Time")).version(1);
            case 2: return SchemaBuilder.int64().name("io.debezium.time." + pick("MicroTime", "NanoTime", "MicroDuration")).version(1);
            case 3: return SchemaBuilder.string().name("io.debezium.time." + pick("IsoDate", "IsoTime", "IsoTimestamp", "Interval")).version(1);
            default: return SchemaBuilder.int32().name("io.debezium.time.Year").version(1);
        }
    }

    Schema schema(int depth) {
        SchemaBuilder made;
        int kind = random.nextInt(12);
        if (depth > 0 && oneIn(12)) made = geometries.schema();
        else if (depth > 0 && kind == 0) made = SchemaBuilder.array(leaf().optional().build());
        else if (depth > 0 && kind == 1) made = SchemaBuilder.map(Schema.STRING_SCHEMA, leaf().build());
        else if (depth > 0 && kind <= 3) made = fields(SchemaBuilder.struct(), depth - 1);
        else made = leaf();
        if (oneIn(2)) made.optional();
        if (made.name() == null && oneIn(6)) made.name("my." + pick("A", "B")).version(random.nextInt(3) + 1);
        if (oneIn(8)) made.doc("about it");
        if (made.parameters() == null && oneIn(10)) made.parameter("p", "1");
        if (oneIn(4) && made.type() != Schema.Type.STRUCT && made.type() != Schema.Type.BYTES) made.defaultValue(value(made, false));
        return made.build();
    }

    SchemaBuilder fields(SchemaBuilder struct, int depth) {
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; ++i) {
            String name = pick(NAMES);
            if (struct.field(name) == null) struct.field(name, schema(depth));
        }
        return struct;
    }

    Schema row(boolean optional) {
        SchemaBuilder made = fields(SchemaBuilder.struct(), 2);
        if (oneIn(2)) made.name("db.t.Value");
        if (oneIn(4)) made.version(3);
        if (oneIn(6)) made.doc("a row");
        if (optional) made.optional();
        return made.build();
    }

    Object value(Schema schema, boolean nullable) {
        if (nullable && schema.isOptional() && oneIn(4)) return null;
        Object special = geometries.value(schema);
        if (special != null) return special;
        if (schema.name() != null) {
            switch (schema.name()) {
                case Decimal.LOGICAL_NAME:
                    return new BigDecimal(BigInteger.valueOf(random.nextInt(200_000) - 100_000), Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD)));
                case org.apache.kafka.connect.data.Date.LOGICAL_NAME:
                    return new Date(DAY * random.nextInt(30_000));
                case Time.LOGICAL_NAME:
                    return new Date(random.nextInt((int) DAY));
                case Timestamp.LOGICAL_NAME:
                    return new Date(oneIn(5) ? DAY * random.nextInt(20_000) : (long) (random.nextDouble() * 4e12));
                case "io.debezium.time.ZonedTimestamp":
                    return pick("2020-07-01T10:11:12.5Z", "2020-01-01T23:30:00Z", "2021-03-28T01:30:00.000001Z", "1999-12-31T23:59:59.123456789+05:30");
                case "io.debezium.time.ZonedTime":
                    return pick("10:11:12Z", "23:30:00.5Z", "01:02:03+02:00", "00:00:00.000001-05:30", "10:11Z");
                case "io.debezium.time.IsoTimestamp":
                    return pick("2020-07-01T10:11:12.5Z", "1969-12-31T23:59:59Z", "2021-03-28T01:30:00Z");
                case "io.debezium.time.IsoDate":
                    return pick("2020-07-01Z", "1969-12-31Z");
                case "io.debezium.time.IsoTime":
                    return pick("10:11:12Z", "23:59:59.999999Z");
                case "io.debezium.time.MicroTime":
                    return (long) random.nextInt((int) DAY) * 1000L + random.nextInt(1000);
                default:
            }
        }
        switch (schema.type()) {
            case INT8: return (byte) random.nextInt();
            case INT16: return (short) random.nextInt();
            case INT32: return oneIn(2) ? random.nextInt(1000) : random.nextInt();
            case INT64: return oneIn(2) ? (Long) (random.nextInt(100_000) - 1000L) : (Long) (random.nextLong() >>> 1);
            case FLOAT32: return oneIn(2) ? random.nextInt(1000) / 4f : Float.intBitsToFloat(random.nextInt(0x7f000000));
            case FLOAT64: return oneIn(2) ? random.nextInt(1000) / 8d : random.nextGaussian() * 1e12;
            case BOOLEAN: return random.nextBoolean();
            case STRING: return oneIn(10) ? events.object(3) : pick(TEXTS);
            case BYTES: return pick(TEXTS).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            case ARRAY: {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; --i) list.add(value(schema.valueSchema(), true));
                return list;
            }
            case MAP: {
                Map<Object, Object> map = new LinkedHashMap<>();
                if (oneIn(2)) map.put(pick("k", "l"), value(schema.valueSchema(), true));
                return map;
            }
            default: return struct(schema);
        }
    }

    Struct struct(Schema schema) {
        Struct made = new Struct(schema);
        for (Field field : schema.fields()) made.put(field, value(field.schema(), true));
        return made;
    }

    /** A value without a schema, of what JSON has. */
    Object plain(int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0: return null;
            case 1: return (long) random.nextInt(100_000) - 1000;
            case 2: return random.nextInt(1000) / 8d + 0.125;
            case 3: return random.nextBoolean();
            case 5: {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; --i) list.add(plain(0));
                return list;
            }
            case 6: return map(depth - 1);
            default: return pick(TEXTS);
        }
    }

    Map<String, Object> map(int depth) {
        Map<String, Object> made = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i >= 0; --i) made.put(pick(NAMES), plain(depth));
        return made;
    }

    Struct change(Schema row) {
        Schema source = SchemaBuilder.struct().name("io.debezium.connector.postgresql.Source").field("version", Schema.STRING_SCHEMA)
            .field("connector", Schema.STRING_SCHEMA).field("name", Schema.STRING_SCHEMA).field("snapshot", SchemaBuilder.string().optional().defaultValue("false").build())
            .field("sequence", Schema.OPTIONAL_STRING_SCHEMA).field("ts_ms", Schema.INT64_SCHEMA).field("db", Schema.STRING_SCHEMA).field("table", Schema.STRING_SCHEMA)
            .field("txId", Schema.OPTIONAL_INT64_SCHEMA).field("lsn", Schema.OPTIONAL_INT64_SCHEMA).build();
        Schema block = SchemaBuilder.struct().name("event.block").version(1).optional().field("id", Schema.STRING_SCHEMA)
            .field("total_order", Schema.INT64_SCHEMA).field("data_collection_order", Schema.INT64_SCHEMA).build();
        SchemaBuilder made = SchemaBuilder.struct().name("s.public.t.Envelope").version(2);
        made.field("before", row).field("after", row).field("source", source).field("transaction", block).field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA).field("ts_us", Schema.OPTIONAL_INT64_SCHEMA);
        Struct event = new Struct(made.build());
        String op = pick("c", "u", "u", "d", "r", "t");
        event.put("op", op).put("ts_ms", oneIn(5) ? null : (Long) (long) random.nextInt(1_000_000));
        event.put("source", new Struct(source).put("version", "3").put("connector", oneIn(12) ? "mysql" : "postgresql").put("name", "s")
            .put("sequence", oneIn(3) ? null : "[null,\"77\"]").put("ts_ms", oneIn(2) ? 5L : 1_795_228_887_663L).put("db", "d").put("table", "t").put("lsn", 77L));
        if (oneIn(3)) event.put("transaction", new Struct(block).put("id", "1:2").put("total_order", 1L).put("data_collection_order", 2L));
        Struct old = struct(row);
        if (op.equals("d") || (op.equals("u") && oneIn(2))) event.put("before", old);
        if (!op.equals("d") && !op.equals("t")) event.put("after", oneIn(4) ? old : struct(row));
        return event;
    }
}
