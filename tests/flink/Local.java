/*
 * tests/flink/Local.java: one small Flink cluster in this process, which every question shares: starting one costs a
 * second, asking it a tenth.
 */
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

final class Local implements AutoCloseable {
    private final MiniCluster cluster;
    private final int port;
    private final ThreadLocal<StreamExecutionEnvironment> env = new ThreadLocal<>();

    Local() throws Exception {
        Configuration c = new Configuration();
        c.set(RestOptions.BIND_PORT, "0");
        c.set(RestOptions.ADDRESS, "localhost");
        c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
        c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
        c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(384));
        c.set(JobManagerOptions.SLOT_REQUEST_TIMEOUT, java.time.Duration.ofSeconds(60));
        cluster = new MiniCluster(
                new MiniClusterConfiguration.Builder().setConfiguration(c).setNumTaskManagers(1).setNumSlotsPerTaskManager(48).build());
        cluster.start();
        port = cluster.getRestAddress().get().getPort();
    }

    /* Whether all tasks of a job run, or have ended. */
    boolean running(JobID job) throws Exception {
        for (AccessExecutionVertex v : cluster.getExecutionGraph(job).get().getAllExecutionVertices())
            if (v.getExecutionState() != ExecutionState.RUNNING && !v.getExecutionState().isTerminal())
                return false;
        return true;
    }

    /* The stream environment of the last table environment of this thread. */
    StreamExecutionEnvironment environment() {
        return env.get();
    }

    /* A fresh table environment with weir's defaults: parallelism 1, UTC, watermarks that move with each row. */
    StreamTableEnvironment tables(boolean streaming) {
        Configuration c = new Configuration();
        c.setString("parallelism.default", "1");
        c.setString("restart-strategy.type", "none");
        c.setString("pipeline.auto-watermark-interval", "0");
        c.setString("execution.buffer-timeout.interval", "0 ms");
        env.set(StreamExecutionEnvironment.createRemoteEnvironment("localhost", port, c));
        EnvironmentSettings.Builder b = EnvironmentSettings.newInstance();
        StreamTableEnvironment t = StreamTableEnvironment.create(env.get(), (streaming ? b.inStreamingMode() : b.inBatchMode()).build());
        t.getConfig().set("table.local-time-zone", "UTC");
        t.getConfig().set("parallelism.default", "1");
        t.getConfig().set("pipeline.auto-watermark-interval", "0");
        return t;
    }

    /* The innermost reason of a failure, on one line. */
    static String reason(Throwable e) {
        while (e.getCause() != null && e.getCause() != e)
            e = e.getCause();
        String name = e.getClass().getSimpleName();
        return (name + ": " + e.getMessage()).replaceAll("\\s+", " ").trim();
    }

    @Override
    public void close() throws InterruptedException, ExecutionException, Exception {
        cluster.close();
    }
}
