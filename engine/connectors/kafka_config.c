/*
 * engine/connectors/kafka_config.c: see kafka_config.h. The table below is the whole allow-list; the Java forms of SASL
 * and TLS are in kafka_sasl.c.
 */
#include "engine/connectors/kafka_config.h"

#include "base/config.h"
#include "base/log.h"
#include "engine/connectors/kafka_embedded.h"
#include "engine/connectors/kafka_sasl.h"

enum { KAFKA_CONFIG_VALUE_MAX = 512 };

typedef enum KafkaHow {
	HOW_PASS,   /* to librdkafka as it is written */
	HOW_LOWER,  /* in small letters */
	HOW_IGNORE, /* without effect here: it concerns a Java process, or weir does it */
	HOW_OWN,    /* read by the connector */
	HOW_JAVA,   /* SASL and TLS in Java's form: kafka_sasl.c */
} KafkaHow;

typedef struct KafkaProperty {
	const char *name;   /* after "properties." */
	const char *native; /* librdkafka's name; NULL: the same */
	uint8_t use;        /* set of KafkaUse */
	uint8_t how;
} KafkaProperty;

#define BOTH (KAFKA_CONSUMER | KAFKA_PRODUCER)

static const KafkaProperty kafka_properties[] = {
    /* both clients */
    {"bootstrap.servers", NULL, BOTH, HOW_OWN},
    {"client.id", NULL, BOTH, HOW_PASS},
    {"client.rack", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"client.dns.lookup", NULL, BOTH, HOW_LOWER},
    {"request.timeout.ms", "socket.timeout.ms", BOTH, HOW_PASS},
    {"socket.timeout.ms", NULL, BOTH, HOW_PASS},
    {"socket.keepalive.enable", NULL, BOTH, HOW_PASS},
    {"socket.nagle.disable", NULL, BOTH, HOW_PASS},
    {"socket.connection.setup.timeout.ms", NULL, BOTH, HOW_PASS},
    {"socket.connection.setup.timeout.max.ms", NULL, BOTH, HOW_IGNORE},
    {"receive.buffer.bytes", "socket.receive.buffer.bytes", BOTH, HOW_PASS},
    {"send.buffer.bytes", "socket.send.buffer.bytes", BOTH, HOW_PASS},
    {"connections.max.idle.ms", NULL, BOTH, HOW_PASS},
    {"reconnect.backoff.ms", NULL, BOTH, HOW_PASS},
    {"reconnect.backoff.max.ms", NULL, BOTH, HOW_PASS},
    {"retry.backoff.ms", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"metadata.max.age.ms", NULL, BOTH, HOW_PASS},
    {"topic.metadata.refresh.interval.ms", NULL, BOTH, HOW_PASS},
    {"broker.address.family", NULL, BOTH, HOW_LOWER},
    {"broker.address.ttl", NULL, BOTH, HOW_PASS},
    {"broker.version.fallback", NULL, BOTH, HOW_PASS},
    {"api.version.request", NULL, BOTH, HOW_PASS},
    {"api.version.request.timeout.ms", NULL, BOTH, HOW_PASS},
    {"allow.auto.create.topics", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"debug", NULL, BOTH, HOW_PASS},
    {"test.mock.num.brokers", NULL, BOTH, HOW_PASS},
    /* security, librdkafka's names */
    {"security.protocol", NULL, BOTH, HOW_LOWER},
    {"sasl.mechanism", "sasl.mechanisms", BOTH, HOW_PASS},
    {"sasl.mechanisms", NULL, BOTH, HOW_PASS},
    {"sasl.username", NULL, BOTH, HOW_PASS},
    {"sasl.password", NULL, BOTH, HOW_PASS},
    {"sasl.kerberos.service.name", NULL, BOTH, HOW_PASS},
    {"sasl.kerberos.principal", NULL, BOTH, HOW_PASS},
    {"sasl.kerberos.keytab", NULL, BOTH, HOW_PASS},
    {"sasl.kerberos.kinit.cmd", NULL, BOTH, HOW_PASS},
    {"sasl.oauthbearer.config", NULL, BOTH, HOW_PASS},
    {"sasl.oauthbearer.method", NULL, BOTH, HOW_LOWER},
    {"sasl.oauthbearer.client.id", NULL, BOTH, HOW_PASS},
    {"sasl.oauthbearer.client.secret", NULL, BOTH, HOW_PASS},
    {"sasl.oauthbearer.scope", NULL, BOTH, HOW_PASS},
    {"sasl.oauthbearer.extensions", NULL, BOTH, HOW_PASS},
    {"sasl.oauthbearer.token.endpoint.url", NULL, BOTH, HOW_PASS},
    {"enable.sasl.oauthbearer.unsecure.jwt", NULL, BOTH, HOW_PASS},
    {"ssl.ca.location", NULL, BOTH, HOW_PASS},
    {"ssl.ca.pem", NULL, BOTH, HOW_PASS},
    {"ssl.certificate.location", NULL, BOTH, HOW_PASS},
    {"ssl.certificate.pem", NULL, BOTH, HOW_PASS},
    {"ssl.key.location", NULL, BOTH, HOW_PASS},
    {"ssl.key.pem", NULL, BOTH, HOW_PASS},
    {"ssl.key.password", NULL, BOTH, HOW_PASS},
    {"ssl.crl.location", NULL, BOTH, HOW_PASS},
    {"ssl.cipher.suites", NULL, BOTH, HOW_PASS},
    {"ssl.curves.list", NULL, BOTH, HOW_PASS},
    {"ssl.sigalgs.list", NULL, BOTH, HOW_PASS},
    {"enable.ssl.certificate.verification", NULL, BOTH, HOW_PASS},
    /* security, Java's names */
    {"sasl.jaas.config", NULL, BOTH, HOW_JAVA},
    {"ssl.truststore.location", NULL, BOTH, HOW_JAVA},
    {"ssl.truststore.type", NULL, BOTH, HOW_JAVA},
    {"ssl.truststore.password", NULL, BOTH, HOW_JAVA},
    {"ssl.truststore.certificates", "ssl.ca.pem", BOTH, HOW_PASS},
    {"ssl.keystore.location", NULL, BOTH, HOW_JAVA},
    {"ssl.keystore.type", NULL, BOTH, HOW_JAVA},
    {"ssl.keystore.password", NULL, BOTH, HOW_JAVA},
    {"ssl.keystore.certificate.chain", "ssl.certificate.pem", BOTH, HOW_PASS},
    {"ssl.keystore.key", "ssl.key.pem", BOTH, HOW_PASS},
    {"ssl.endpoint.identification.algorithm", NULL, BOTH, HOW_JAVA},
    {"ssl.protocol", NULL, BOTH, HOW_IGNORE},
    {"ssl.enabled.protocols", NULL, BOTH, HOW_IGNORE},
    {"ssl.provider", NULL, BOTH, HOW_IGNORE},
    {"ssl.keymanager.algorithm", NULL, BOTH, HOW_IGNORE},
    {"ssl.trustmanager.algorithm", NULL, BOTH, HOW_IGNORE},
    {"ssl.secure.random.implementation", NULL, BOTH, HOW_IGNORE},
    {"sasl.kerberos.kinit.min.time.before.relogin", NULL, BOTH, HOW_IGNORE},
    {"sasl.kerberos.ticket.renew.jitter", NULL, BOTH, HOW_IGNORE},
    {"sasl.kerberos.ticket.renew.window.factor", NULL, BOTH, HOW_IGNORE},
    {"sasl.login.callback.handler.class", NULL, BOTH, HOW_IGNORE},
    /* consumers */
    {"group.id", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"auto.offset.reset", NULL, KAFKA_CONSUMER, HOW_OWN},
    {"isolation.level", NULL, KAFKA_CONSUMER, HOW_LOWER},
    {"fetch.min.bytes", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"fetch.max.bytes", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"fetch.max.wait.ms", "fetch.wait.max.ms", KAFKA_CONSUMER, HOW_PASS},
    {"fetch.wait.max.ms", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"fetch.error.backoff.ms", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"max.partition.fetch.bytes", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"check.crcs", NULL, KAFKA_CONSUMER, HOW_PASS},
    {"enable.auto.commit", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"auto.commit.interval.ms", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"max.poll.records", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"max.poll.interval.ms", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"session.timeout.ms", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"heartbeat.interval.ms", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"group.instance.id", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"default.api.timeout.ms", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"exclude.internal.topics", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"partition.discovery.interval.ms", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"partition.assignment.strategy", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"commit.offsets.on.checkpoint", NULL, KAFKA_CONSUMER, HOW_OWN},
    {"client.id.prefix", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"register.consumer.metrics", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"key.deserializer", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    {"value.deserializer", NULL, KAFKA_CONSUMER, HOW_IGNORE},
    /* producers */
    {"acks", NULL, KAFKA_PRODUCER, HOW_LOWER},
    {"compression.type", NULL, KAFKA_PRODUCER, HOW_LOWER},
    {"compression.level", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"linger.ms", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"batch.size", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"batch.num.messages", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"max.request.size", "message.max.bytes", KAFKA_PRODUCER, HOW_PASS},
    {"message.max.bytes", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"delivery.timeout.ms", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"retries", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"enable.idempotence", NULL, KAFKA_PRODUCER, HOW_IGNORE},
    {"max.in.flight.requests.per.connection", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"transaction.timeout.ms", NULL, KAFKA_PRODUCER, HOW_PASS},
    {"transactional.id", NULL, KAFKA_PRODUCER, HOW_IGNORE},
    {"buffer.memory", NULL, KAFKA_PRODUCER, HOW_IGNORE},
    {"max.block.ms", NULL, KAFKA_PRODUCER, HOW_IGNORE},
    {"partitioner.class", NULL, KAFKA_PRODUCER, HOW_IGNORE},
    {"key.serializer", NULL, KAFKA_PRODUCER, HOW_IGNORE},
    {"value.serializer", NULL, KAFKA_PRODUCER, HOW_IGNORE},
};

enum { KAFKA_PROPERTIES = sizeof kafka_properties / sizeof *kafka_properties };

static const Str prefix = {"properties.", 11};

static const KafkaProperty *find(Str name)
{
	for (size_t i = 0; i < KAFKA_PROPERTIES; i++)
		if (str_eq_c(name, kafka_properties[i].name))
			return &kafka_properties[i];
	return NULL;
}

static bool unknown(const OptionValue *o, Str name, Err *err)
{
	const KafkaProperty *best = NULL;
	unsigned least = name.len / 3 + 2;
	for (size_t i = 0; i < KAFKA_PROPERTIES; i++) {
		unsigned d = str_distance(name, str_from(kafka_properties[i].name), least);
		if (d < least) {
			least = d;
			best = &kafka_properties[i];
		}
	}
	err_set_at(err, ERR_NO_SUCH_OPTION, o->span, "unknown Kafka property \"%.*s\"", STR_ARG(o->key));
	if (best)
		return err_hint(err, "Did you mean \"properties.%s\"?", best->name);
	return err_hint(err, "Names are those of Kafka's clients; see the list of properties in the manual.");
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, Str key, Span span, Err *err)
{
	char why[256];
	if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
		return true;
	if (config_is_secret(key))
		return err_set_at(err, ERR_BAD_OPTION, span, "the Kafka client refuses the value of \"%.*s\"", STR_ARG(key));
	err_set_at(err, ERR_BAD_OPTION, span, "the Kafka client refuses the value of \"%.*s\"", STR_ARG(key));
	return err_detail(err, "%s", why);
}

static bool apply(rd_kafka_conf_t *conf, const OptionValue *o, const KafkaProperty *p, Err *err)
{
	const char *native = p->native ? p->native : p->name;
	char *value = mem_cstr(o->value);
	if (p->how == HOW_LOWER)
		for (char *c = value; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
	bool ok = set(conf, native, value, o->key, o->span, err);
	mem_free(value);
	return ok;
}

/* Walks the properties; conf may be NULL: only names are checked. */
static bool walk(const Options *options, unsigned use, rd_kafka_conf_t *conf, Err *err)
{
	KafkaJava java = {0};
	for (uint32_t i = 0; i < options->len; i++) {
		const OptionValue *o = &options->items[i];
		if (!str_starts(o->key, prefix))
			continue;
		Str name = str_slice(o->key, prefix.len, o->key.len);
		const KafkaProperty *p = find(name);
		if (!p)
			return unknown(o, name, err);
		if (!(p->use & use))
			continue;
		if (p->how == HOW_JAVA && !kafka_sasl_collect(&java, name, o, err))
			return false;
		if ((p->how == HOW_PASS || p->how == HOW_LOWER) && !apply(conf, o, p, err))
			return false;
	}
	return kafka_sasl_apply(&java, conf, err);
}

static bool check_values(const Options *options, Err *err)
{
	const OptionValue *o = options_find(options, STR("properties.auto.offset.reset"));
	if (o && !str_eq_c(o->value, "earliest") && !str_eq_c(o->value, "latest") && !str_eq_c(o->value, "none") &&
	    !str_eq_c(o->value, "beginning") && !str_eq_c(o->value, "end")) {
		err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is no value of \"%.*s\"", STR_ARG(o->value),
		           STR_ARG(o->key));
		return err_hint(err, "It is earliest, latest or none.");
	}
	o = options_find(options, STR("properties.commit.offsets.on.checkpoint"));
	bool yes;
	if (o && !config_bool(o->value, &yes))
		return err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is true or false", STR_ARG(o->key));
	o = options_find(options, STR("properties.bootstrap.servers"));
	if (o && str_trim(o->value).len == 0)
		return err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is empty", STR_ARG(o->key));
	return true;
}

bool kafka_config_check(const Options *options, Err *err)
{
	if (!check_values(options, err))
		return false;
	static const KafkaUse uses[] = {KAFKA_CONSUMER, KAFKA_PRODUCER};
	for (size_t i = 0; i < 2; i++) {
		rd_kafka_conf_t *conf = rd_kafka_conf_new();
		bool ok = walk(options, uses[i], conf, err);
		rd_kafka_conf_destroy(conf);
		if (!ok)
			return false;
	}
	return true;
}

/* librdkafka's own lines go to our log at debug: what matters comes as an error to the owner, who says it once and with
 * the outage's length. */
static void log_line(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	log_write(level <= 2 ? LOG_WARN : LOG_DEBUG, "kafka", facility, "client=\"%s\" text=\"%s\"",
	          rk ? rd_kafka_name(rk) : "", text);
}

rd_kafka_conf_t *kafka_config_make(const Options *options, KafkaUse use, Err *err)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, log_line);
	Str servers = kafka_config_property(options, "bootstrap.servers");
	StrBuf bootstrap;
	strbuf_init(&bootstrap);
	bool ok = true;
	if (kafka_config_is_embedded(options))
		ok = kafka_embedded_servers(&bootstrap, err);
	else
		strbuf_put_str(&bootstrap, str_trim(servers));
	ok = ok && (bootstrap.len == 0 || kafka_config_set(conf, "bootstrap.servers", strbuf_cstr(&bootstrap), err));
	strbuf_deinit(&bootstrap);
	ok = ok && kafka_config_default(conf, options, "client.id", "weir", err) &&
	     kafka_config_default(conf, options, "reconnect.backoff.max.ms", "2000", err) && walk(options, use, conf, err);
	if (ok)
		return conf;
	rd_kafka_conf_destroy(conf);
	return NULL;
}

bool kafka_config_set(rd_kafka_conf_t *conf, const char *name, const char *value, Err *err)
{
	return set(conf, name, value, str_from(name), (Span){0, 0}, err);
}

bool kafka_config_default(rd_kafka_conf_t *conf, const Options *options, const char *name, const char *value, Err *err)
{
	for (uint32_t i = 0; i < options->len; i++) {
		if (!str_starts(options->items[i].key, prefix))
			continue;
		const KafkaProperty *p = find(str_slice(options->items[i].key, prefix.len, options->items[i].key.len));
		if (p && p->how <= HOW_LOWER && strcmp(p->native ? p->native : p->name, name) == 0)
			return true;
	}
	return kafka_config_set(conf, name, value, err);
}

Str kafka_config_property(const Options *options, const char *name)
{
	for (uint32_t i = 0; i < options->len; i++) {
		Str key = options->items[i].key;
		if (str_starts(key, prefix) && str_eq_c(str_slice(key, prefix.len, key.len), name))
			return options->items[i].value;
	}
	return STR_EMPTY;
}

bool kafka_config_is_embedded(const Options *options)
{
	Str servers = str_trim(kafka_config_property(options, "bootstrap.servers"));
	Str host;
	return str_next(&servers, ':', &host) && str_eq_nocase(host, STR("embedded"));
}
