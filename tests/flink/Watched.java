/*
 * tests/flink/Watched.java: a query that runs, and the changes that it gave so far.
 */
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;

final class Watched {
    private final boolean keyed; /* the target has a primary key: no -U reaches it */
    private final List<DataType> types;
    private final List<Row> rows = new ArrayList<>();
    private final TableResult result;
    private Throwable error;
    private boolean ended, started;
    private int seenChanges, seenLog;

    Watched(Table table, boolean keyed) {
        this.keyed = keyed;
        types = table.getResolvedSchema().getColumnDataTypes();
        result = table.execute();
        Thread reader = new Thread(this::read);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (CloseableIterator<Row> it = result.collect()) {
            while (it.hasNext()) {
                Row r = it.next();
                synchronized (this) {
                    rows.add(r);
                }
            }
        } catch (Throwable e) {
            synchronized (this) {
                error = e;
            }
        }
        synchronized (this) {
            ended = true;
        }
    }

    List<DataType> types() {
        return types;
    }

    synchronized int size() {
        return rows.size();
    }

    synchronized boolean ended() {
        return ended;
    }

    synchronized void check() throws Exception {
        if (error != null)
            throw new Exception(error);
    }

    void awaitStart(Local local, long until) throws Exception {
        JobClient c = result.getJobClient().get();
        while (!started && !ended() && System.currentTimeMillis() < until) {
            started = c.getJobStatus().get().name().equals("RUNNING") && local.running(c.getJobID());
            if (!started)
                Thread.sleep(20);
        }
    }

    /* All changes so far, merged. */
    synchronized List<Row> table() {
        return net(0);
    }

    /* What came since the last `seen`. */
    synchronized List<Row> changes() {
        return net(seenChanges);
    }

    synchronized List<Row> changelog() {
        List<Row> r = new ArrayList<>();
        for (Row row : rows.subList(seenLog, rows.size()))
            if (!keyed || row.getKind() != RowKind.UPDATE_BEFORE)
                r.add(row);
        return r;
    }

    synchronized void seen(boolean log) {
        if (log)
            seenLog = rows.size();
        else
            seenChanges = rows.size();
    }

    private List<Row> net(int from) {
        List<Row> plus = new ArrayList<>(), minus = new ArrayList<>();
        for (Row r : rows.subList(from, rows.size())) {
            boolean out = r.getKind() == RowKind.DELETE || r.getKind() == RowKind.UPDATE_BEFORE;
            Row copy = Row.copy(r);
            copy.setKind(out ? RowKind.INSERT : RowKind.DELETE);
            if ((out ? plus : minus).remove(copy))
                continue;
            copy.setKind(out ? RowKind.DELETE : RowKind.INSERT);
            (out ? minus : plus).add(copy);
        }
        plus.addAll(minus);
        return plus;
    }

    void stop() {
        try {
            if (!ended())
                result.getJobClient().get().cancel().get(10, java.util.concurrent.TimeUnit.SECONDS);
        } catch (Throwable e) {
            // it ended by itself
        }
    }
}
