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
    static final class Log {
        private final List<Row> rows = new ArrayList<>();
        private boolean ended;

        synchronized void add(Row r) {
            rows.add(r);
            notifyAll();
        }

        synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized List<Row> rows() {
            return new ArrayList<>(rows);
        }

        /* The i-th row; null at the end or when nothing came for a while (then `ended` says which). */
        synchronized Row get(int i) throws InterruptedException {
            if (i >= rows.size() && !ended)
                wait(100);
            return i < rows.size() ? rows.get(i) : null;
        }

        synchronized boolean done(int i) {
            return ended && i >= rows.size();
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
        for (int i = 0; !cancelled && log != null && !log.done(i);) {
            Row r = log.get(i);
            if (r == null)
                continue;
            synchronized (out.getCheckpointLock()) {
                out.collect(Row.copy(r));
            }
            i++;
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
