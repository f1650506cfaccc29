import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Makes geometries and vectors up, as PostGIS's and pgvector's columns are. */
final class Geometries {
    private static final String GEOMETRY = "io.debezium.data.geometry.Geometry";
    private static final String SPARSE = "io.debezium.data.SparseDoubleVector";
    private final Values values;

    Geometries(Values values) {
        this.values = values;
    }

    SchemaBuilder schema() {
        switch (values.below(4)) {
            case 0: return SchemaBuilder.array(Schema.FLOAT64_SCHEMA).name("io.debezium.data.DoubleVector").version(1);
            case 1: return SchemaBuilder.array(Schema.FLOAT32_SCHEMA).name("io.debezium.data.FloatVector").version(1);
            case 2: return SchemaBuilder.struct().name(SPARSE).version(1).field("dimensions", Schema.INT16_SCHEMA)
                .field("vector", SchemaBuilder.map(Schema.INT16_SCHEMA, Schema.FLOAT64_SCHEMA).build());
            default: return SchemaBuilder.struct().name(GEOMETRY).version(2).field("wkb", Schema.BYTES_SCHEMA).field("srid", Schema.OPTIONAL_INT32_SCHEMA);
        }
    }

    /** Null for other schemas. */
    Object value(Schema schema) {
        if (GEOMETRY.equals(schema.name())) {
            Integer srid = values.oneIn(4) ? null : (Integer) (values.oneIn(2) ? 4326 : 2000 + values.below(3));
            return new Struct(schema).put("wkb", wkb(srid)).put("srid", srid);
        }
        if (!SPARSE.equals(schema.name())) return null;
        Map<Short, Double> vector = new LinkedHashMap<>();
        for (int i = values.below(4); i > 0; --i) vector.put((short) values.below(300), values.below(1000) / 8d);
        return new Struct(schema).put("dimensions", (short) 300).put("vector", vector);
    }

    private byte[] wkb(Integer srid) {
        ByteBuffer out = ByteBuffer.allocate(20_000).order(values.oneIn(2) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        geometry(out, srid != null && values.oneIn(2) ? srid : null, 2);
        int size = values.oneIn(30) ? values.below(out.position()) : out.position();
        byte[] made = new byte[size];
        out.flip();
        out.get(made);
        return made;
    }

    /** One for the whole geometry: Java writes those with several wrongly. */
    private static void order(ByteBuffer out) {
        out.put((byte) (out.order() == ByteOrder.LITTLE_ENDIAN ? 1 : 0));
    }

    private void geometry(ByteBuffer out, Integer srid, int depth) {
        order(out);
        int shape = values.oneIn(40) ? 8 : 1 + values.below(depth > 0 ? 7 : 3);
        int coordinates = 2 + values.below(3);
        int flags = (coordinates == 3 ? 0x80000000 : coordinates == 4 ? 0xC0000000 : 0) | (srid == null ? 0 : 0x20000000);
        out.putInt(shape | flags);
        if (srid != null) out.putInt(srid);
        if (shape <= 3) {
            simple(out, shape, coordinates);
            return;
        }
        int count = values.below(3);
        out.putInt(count);
        for (; count > 0; --count) {
            if (shape == 7) {
                geometry(out, null, depth - 1);
            } else {
                order(out);
                out.putInt((shape - 3) | flags & ~0x20000000);
                simple(out, shape - 3, coordinates);
            }
        }
    }

    private void simple(ByteBuffer out, int shape, int coordinates) {
        int rings = shape == 3 ? values.below(3) : 1;
        if (shape == 3) out.putInt(rings);
        for (; rings > 0; --rings) {
            int points = shape == 1 ? 1 : values.below(4);
            if (shape != 1) out.putInt(points);
            for (int i = points * coordinates; i > 0; --i) out.putDouble(values.below(100_000) / 100d);
        }
    }
}
