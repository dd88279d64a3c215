/*
 * tests/flink/Values.java: SQL literals as the objects that Flink hands out for a type, and their comparison.
 */
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

final class Values {
    private final StreamTableEnvironment batch;

    Values(StreamTableEnvironment batch) {
        this.batch = batch;
    }

    Object value(String text, DataType type) throws Exception {
        LogicalType t = type.getLogicalType();
        if (text.equalsIgnoreCase("NULL"))
            return null;
        boolean number = text.matches("[+-]?[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?");
        boolean string = text.matches("(?s)'([^']|'')*'");
        String s = string ? text.substring(1, text.length() - 1).replace("''", "'") : text;
        switch (t.getTypeRoot()) {
        case INTEGER:
            if (number)
                return new BigDecimal(s).intValueExact();
            break;
        case BIGINT:
            if (number)
                return new BigDecimal(s).longValueExact();
            break;
        case SMALLINT:
            if (number)
                return new BigDecimal(s).shortValueExact();
            break;
        case TINYINT:
            if (number)
                return new BigDecimal(s).byteValueExact();
            break;
        case DECIMAL:
            if (number) {
                org.apache.flink.table.types.logical.DecimalType d = (org.apache.flink.table.types.logical.DecimalType)t;
                BigDecimal x = new BigDecimal(s).setScale(d.getScale(), java.math.RoundingMode.HALF_UP);
                return x.precision() > d.getPrecision() ? null : x;
            }
            break;
        case DATE:
            if (text.matches("(?i)DATE\\s*'\\d{4}-\\d\\d-\\d\\d'"))
                return LocalDate.parse(text.substring(text.indexOf('\'') + 1, text.length() - 1));
            break;
        case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
            if (text.matches("(?i)TO_TIMESTAMP_LTZ\\(-?\\d+, 3\\)"))
                return Instant.ofEpochMilli(Long.parseLong(text.substring(text.indexOf('(') + 1, text.indexOf(','))));
            break;
        case DOUBLE:
            if (number)
                return Double.valueOf(s);
            if (text.matches("(?i)CAST\\('(NaN|-?Infinity)' AS DOUBLE\\)"))
                return Double.valueOf(text.substring(6, text.lastIndexOf('\'')));
            break;
        case FLOAT:
            if (number)
                return Float.valueOf(s);
            break;
        case BOOLEAN:
            if (text.matches("(?i)true|false"))
                return text.equalsIgnoreCase("true");
            break;
        case VARCHAR:
            if (string)
                return s;
            break;
        case TIMESTAMP_WITHOUT_TIME_ZONE:
            if (text.matches("(?i)(TIMESTAMP\\s*)?'[^']*'"))
                return LocalDateTime.parse(text.substring(text.indexOf('\'') + 1, text.length() - 1).replaceFirst(" ", "T"));
            break;
        default:
            break;
        }
        String q = "SELECT CAST(" + text + " AS " + t.copy(true).asSerializableString() + ")";
        try (CloseableIterator<Row> it = batch.executeSql(q).collect()) {
            return it.next().getField(0);
        }
    }

    static boolean same(Object a, Object b) {
        if (a == null || b == null)
            return a == b;
        if (a instanceof BigDecimal && b instanceof BigDecimal)
            return ((BigDecimal)a).compareTo((BigDecimal)b) == 0;
        if (a instanceof Double || a instanceof Float) {
            double x = ((Number)a).doubleValue(), y = ((Number)b).doubleValue();
            return x == y || Double.compare(x, y) == 0 || !Double.isInfinite(x) && !Double.isInfinite(y) && Math.abs(x - y) <= 1e-9 * Math.max(1, Math.max(Math.abs(x), Math.abs(y)));
        }
        if (a instanceof Object[] && b instanceof Object[]) {
            Object[] x = (Object[])a, y = (Object[])b;
            if (x.length != y.length)
                return false;
            for (int i = 0; i < x.length; i++)
                if (!same(x[i], y[i]))
                    return false;
            return true;
        }
        return Objects.deepEquals(a, b);
    }

    /* As weir prints it, near enough to be read beside an expectation. */
    static String print(Object v) {
        if (v == null)
            return "NULL";
        if (v instanceof String)
            return "'" + ((String)v).replace("'", "''") + "'";
        if (v instanceof LocalDateTime)
            return "TIMESTAMP '" + v.toString().replace('T', ' ') + (((LocalDateTime)v).getSecond() == 0 && ((LocalDateTime)v).getNano() == 0 ? ":00" : "") + "'";
        if (v instanceof LocalDate)
            return "DATE '" + v + "'";
        if (v instanceof LocalTime)
            return "TIME '" + v + (((LocalTime)v).getSecond() == 0 ? ":00" : "") + "'";
        if (v instanceof Instant)
            return "TO_TIMESTAMP_LTZ(" + ((Instant)v).toEpochMilli() + ", 3)";
        if (v instanceof BigDecimal)
            return ((BigDecimal)v).toPlainString();
        if (v instanceof Boolean)
            return v.toString().toUpperCase();
        if (v instanceof Object[]) {
            StringBuilder b = new StringBuilder("ARRAY[");
            for (Object o : (Object[])v)
                b.append(b.length() > 6 ? ", " : "").append(print(o));
            return b.append("]").toString();
        }
        if (v instanceof Row)
            return "ROW" + print((Row)v);
        if (v instanceof Map) {
            StringBuilder b = new StringBuilder("MAP[");
            for (Map.Entry<?, ?> e : ((Map<?, ?>)v).entrySet())
                b.append(b.length() > 4 ? ", " : "").append(print(e.getKey())).append(", ").append(print(e.getValue()));
            return b.append("]").toString();
        }
        return v instanceof byte[] ? Arrays.toString((byte[])v) : v.toString();
    }

    static String print(Row r) {
        StringBuilder b = new StringBuilder("(");
        for (int i = 0; i < r.getArity(); i++)
            b.append(i > 0 ? ", " : "").append(print(r.getField(i)));
        return b.append(")").toString();
    }
}
