/*
 * tests/flink/Parted.java: the source of a table with partitions, upserts or a format, as Kafka's connectors are: each partition
 * is a split with a watermark of its own, which the planner's push-down puts into the source. It moves with each row
 * ('scan.watermark.emit.strategy' = 'on-event'). Bytes are read by Flink's formats. What it emits is Pushed's log.
 */
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

public final class Parted implements DynamicTableSourceFactory {
    private static final ConfigOption<String> KEY = ConfigOptions.key("log").stringType().noDefaultValue();
    private static final ConfigOption<Integer> PARTITIONS = ConfigOptions.key("partitions").intType().defaultValue(1);
    private static final ConfigOption<String> CHANGES = ConfigOptions.key("changes").stringType().defaultValue("insert");

    @Override
    public String factoryIdentifier() {
        return "parted";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(KEY);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(PARTITIONS, CHANGES, FactoryUtil.FORMAT);
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        ReadableConfig c = helper.getOptions();
        Pushed.logs.computeIfAbsent(c.get(KEY), k -> new Pushed.Log());
        return new Table(c.get(KEY), c.get(PARTITIONS), c.get(CHANGES),
                helper.discoverOptionalDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT).orElse(null), context.getPhysicalRowDataType());
    }

    private static final class Table implements ScanTableSource, SupportsWatermarkPushDown {
        private final String key;
        private final int partitions;
        private final String changes;
        private final DecodingFormat<DeserializationSchema<RowData>> format; /* or null */
        private final DataType type;
        private WatermarkStrategy<RowData> watermarks = WatermarkStrategy.noWatermarks();

        Table(String key, int partitions, String changes, DecodingFormat<DeserializationSchema<RowData>> format, DataType type) {
            this.key = key;
            this.partitions = partitions;
            this.changes = changes;
            this.format = format;
            this.type = type;
        }

        @Override
        public void applyWatermark(WatermarkStrategy<RowData> strategy) {
            watermarks = strategy;
        }

        @Override
        public ChangelogMode getChangelogMode() {
            return format != null              ? format.getChangelogMode()
                    : changes.equals("upsert") ? ChangelogMode.upsert()
                    : changes.equals("all")    ? ChangelogMode.all()
                                               : ChangelogMode.insertOnly();
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            Splits source = new Splits(key, partitions, context.createDataStructureConverter(type),
                    format == null ? null : format.createRuntimeDecoder(context, type));
            return new DataStreamScanProvider() {
                @Override
                public DataStream<RowData> produceDataStream(ProviderContext provider, StreamExecutionEnvironment env) {
                    return env.fromSource(source, watermarks, key, InternalTypeInfo.of(type.getLogicalType()));
                }

                @Override
                public boolean isBounded() {
                    return false;
                }
            };
        }

        @Override
        public DynamicTableSource copy() {
            Table t = new Table(key, partitions, changes, format, type);
            t.watermarks = watermarks;
            return t;
        }

        @Override
        public String asSummaryString() {
            return key;
        }
    }

    /* The reader knows its splits, so that the enumerator has nothing to give out. */
    private static final class Splits implements Source<RowData, SourceSplit, Integer> {
        private final String key;
        private final int partitions;
        private final DynamicTableSource.DataStructureConverter converter;
        private final DeserializationSchema<RowData> decoder;

        Splits(String key, int partitions, DynamicTableSource.DataStructureConverter converter, DeserializationSchema<RowData> decoder) {
            this.key = key;
            this.partitions = partitions;
            this.converter = converter;
            this.decoder = decoder;
        }

        @Override
        public Boundedness getBoundedness() {
            return Boundedness.CONTINUOUS_UNBOUNDED;
        }

        @Override
        public SourceReader<RowData, SourceSplit> createReader(SourceReaderContext context) {
            return new Reader(this);
        }

        @Override
        public SplitEnumerator<SourceSplit, Integer> createEnumerator(SplitEnumeratorContext<SourceSplit> context) {
            return new Nothing();
        }

        @Override
        public SplitEnumerator<SourceSplit, Integer> restoreEnumerator(SplitEnumeratorContext<SourceSplit> context, Integer checkpoint) {
            return new Nothing();
        }

        @Override
        public SimpleVersionedSerializer<SourceSplit> getSplitSerializer() {
            return new NoBytes<>();
        }

        @Override
        public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
            return new NoBytes<>();
        }
    }

    private static final class Reader implements SourceReader<RowData, SourceSplit> {
        private final Splits of;
        private final List<SourceOutput<RowData>> outputs = new ArrayList<>();
        private int at, reader = -1;

        Reader(Splits of) {
            this.of = of;
        }

        @Override
        public void start() {
            try {
                if (of.decoder != null)
                    of.decoder.open(new Opened());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public InputStatus pollNext(ReaderOutput<RowData> out) throws Exception {
            while (outputs.size() < of.partitions)
                outputs.add(out.createOutputForSplit("partition " + outputs.size()));
            Pushed.Log log = Pushed.logs.get(of.key);
            if (log == null || log.done(at))
                return InputStatus.END_OF_INPUT;
            if (reader < 0)
                reader = log.reader();
            Pushed.Entry e = log.get(at);
            if (e == null)
                return InputStatus.NOTHING_AVAILABLE;
            for (int i = 0; i < outputs.size(); i++)
                if (e.partition == i || e.partition == Pushed.Entry.ALL)
                    emit(outputs.get(i), e);
            log.took(reader, ++at);
            return InputStatus.MORE_AVAILABLE;
        }

        private void emit(SourceOutput<RowData> out, Pushed.Entry e) throws Exception {
            if (e.bytes != null)
                of.decoder.deserialize(e.bytes, new Into(out));
            else if (e.row != null)
                out.collect((RowData)of.converter.toInternal(Row.copy(e.row)));
            else if (e.watermark != null)
                out.emitWatermark(new Watermark(e.watermark));
            else
                out.markIdle();
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<SourceSplit> snapshotState(long checkpoint) {
            return List.of();
        }

        @Override
        public void addSplits(List<SourceSplit> splits) {}

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }

    private static final class Into implements Collector<RowData> {
        private final SourceOutput<RowData> out;

        Into(SourceOutput<RowData> out) {
            this.out = out;
        }

        @Override
        public void collect(RowData r) {
            out.collect(r);
        }

        @Override
        public void close() {}
    }

    private static final class Opened implements DeserializationSchema.InitializationContext {
        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(Parted.class.getClassLoader());
        }
    }

    private static final class Nothing implements SplitEnumerator<SourceSplit, Integer> {
        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void addSplitsBack(List<SourceSplit> splits, int subtask) {}

        @Override
        public void addReader(int subtask) {}

        @Override
        public Integer snapshotState(long checkpoint) {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static final class NoBytes<T> implements SimpleVersionedSerializer<T> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(T x) {
            return new byte[0];
        }

        @Override
        public T deserialize(int version, byte[] bytes) {
            throw new UnsupportedOperationException("nothing is kept");
        }
    }
}
