/*
 * tests/flink/Pushed.java: a source that emits what a test pushes, row by row, while the query runs. Each query that reads
 * the table gets all rows from the first one on. The rows live in this process, under the table's key.
 */
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.streaming.api.functions.source.SourceFunction;
import org.apache.flink.types.Row;

final class Pushed implements SourceFunction<Row> {
    /* A row of a partition, or its bytes; without both the partition falls silent, or its watermark moves. */
    static final class Entry {
        static final int ALL = -1;

        final int partition;
        final Row row;
        final byte[] bytes;
        final Long watermark;

        Entry(int partition, Row row, byte[] bytes, Long watermark) {
            this.partition = partition;
            this.row = row;
            this.bytes = bytes;
            this.watermark = watermark;
        }
    }

    static final class Log {
        private final List<Entry> entries = new ArrayList<>();
        private final List<Integer> taken = new ArrayList<>(); /* by each reader */
        private boolean ended;

        synchronized int reader() {
            taken.add(0);
            return taken.size() - 1;
        }

        synchronized void took(int reader, int n) {
            taken.set(reader, n);
        }

        synchronized boolean read() {
            return taken.stream().allMatch(n -> n == entries.size());
        }

        synchronized void add(Entry e) {
            entries.add(e);
            notifyAll();
        }

        synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized boolean bytes() {
            return entries.stream().anyMatch(e -> e.bytes != null);
        }

        synchronized List<Row> rows() {
            List<Row> rows = new ArrayList<>();
            for (Entry e : entries)
                if (e.row != null)
                    rows.add(e.row);
            return rows;
        }

        /* The i-th entry; null at the end or when nothing came for a while (then `done` says which). */
        synchronized Entry get(int i) throws InterruptedException {
            if (i >= entries.size() && !ended)
                wait(100);
            return i < entries.size() ? entries.get(i) : null;
        }

        synchronized boolean done(int i) {
            return ended && i >= entries.size();
        }
    }

    static final Map<String, Log> logs = new ConcurrentHashMap<>();

    private final String key;
    private volatile boolean cancelled;

    Pushed(String key) {
        this.key = key;
        logs.computeIfAbsent(key, k -> new Log());
    }

    @Override
    public void run(SourceContext<Row> out) throws Exception {
        Log log = logs.get(key);
        int reader = log == null ? 0 : log.reader();
        for (int i = 0; !cancelled && log != null && !log.done(i);) {
            Entry e = log.get(i);
            if (e == null)
                continue;
            synchronized (out.getCheckpointLock()) {
                out.collect(Row.copy(e.row));
            }
            log.took(reader, ++i);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
