/*
 * engine/connectors/kafka_sasl.c: see kafka_sasl.h.
 *
 *   sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";
 *                      ^ login module                                            ^ flag   ^ options name="value"
 */
#include "engine/connectors/kafka_sasl.h"

bool kafka_sasl_collect(KafkaJava *java, Str name, const OptionValue *o, Err *err)
{
	const struct {
		const char *name;
		const OptionValue **slot;
	} slots[] = {
	    {"sasl.jaas.config", &java->jaas},
	    {"ssl.truststore.location", &java->truststore},
	    {"ssl.truststore.type", &java->truststore_type},
	    {"ssl.truststore.password", &java->truststore_password},
	    {"ssl.keystore.location", &java->keystore},
	    {"ssl.keystore.type", &java->keystore_type},
	    {"ssl.keystore.password", &java->keystore_password},
	    {"ssl.endpoint.identification.algorithm", &java->endpoint_identification},
	};
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		if (str_eq_c(name, slots[i].name)) {
			*slots[i].slot = o;
			return true;
		}
	return err_set_at(err, ERR_NO_SUCH_OPTION, o->span, "unknown Kafka property \"%.*s\"", STR_ARG(o->key));
}

/* Values may be secrets: the client's own words, which repeat them, are not passed on. */
static bool set(rd_kafka_conf_t *conf, const char *name, Str value, const OptionValue *from, Err *err)
{
	char why[256];
	char *text = mem_cstr(value);
	rd_kafka_conf_res_t r = rd_kafka_conf_set(conf, name, text, why, sizeof why);
	mem_free(text);
	return r == RD_KAFKA_CONF_OK ||
	       err_set_at(err, ERR_BAD_OPTION, from->span, "the Kafka client refuses the value of \"%.*s\" (as \"%s\")",
	                  STR_ARG(from->key), name);
}

static bool bad_jaas(const OptionValue *o, const char *what, Err *err)
{
	err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\": %s", STR_ARG(o->key), what);
	return err_hint(err, "Its form is: ...PlainLoginModule required username=\"...\" password=\"...\";");
}

typedef struct JaasName {
	const char *module; /* end of the module's class name */
	const char *name;   /* option */
	const char *native; /* librdkafka's */
} JaasName;

static const JaasName jaas_names[] = {
    {"PlainLoginModule", "username", "sasl.username"},
    {"PlainLoginModule", "password", "sasl.password"},
    {"ScramLoginModule", "username", "sasl.username"},
    {"ScramLoginModule", "password", "sasl.password"},
    {"OAuthBearerLoginModule", "clientId", "sasl.oauthbearer.client.id"},
    {"OAuthBearerLoginModule", "clientSecret", "sasl.oauthbearer.client.secret"},
    {"OAuthBearerLoginModule", "scope", "sasl.oauthbearer.scope"},
    {"Krb5LoginModule", "principal", "sasl.kerberos.principal"},
    {"Krb5LoginModule", "keyTab", "sasl.kerberos.keytab"},
    {"Krb5LoginModule", "serviceName", "sasl.kerberos.service.name"},
    {"Krb5LoginModule", "useKeyTab", NULL},
    {"Krb5LoginModule", "storeKey", NULL},
    {"Krb5LoginModule", "useTicketCache", NULL},
    {"Krb5LoginModule", "renewTGT", NULL},
    {"Krb5LoginModule", "doNotPrompt", NULL},
};

static Str word(Str *rest)
{
	*rest = str_trim(*rest);
	uint32_t n = 0;
	while (n < rest->len && rest->ptr[n] > ' ' && rest->ptr[n] != ';' && rest->ptr[n] != '=')
		n++;
	Str w = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->len);
	return w;
}

/* name = value, value in double quotes with \" and \\, or a bare word. */
static bool jaas_option(Str *rest, Str *name, StrBuf *value)
{
	*name = word(rest);
	*rest = str_trim(*rest);
	if (name->len == 0 || rest->len == 0 || rest->ptr[0] != '=')
		return false;
	*rest = str_trim(str_slice(*rest, 1, rest->len));
	strbuf_clear(value);
	if (rest->len == 0 || rest->ptr[0] != '"') {
		strbuf_put_str(value, word(rest));
		return true;
	}
	for (uint32_t i = 1; i < rest->len; i++) {
		char c = rest->ptr[i];
		if (c == '"') {
			*rest = str_slice(*rest, i + 1, rest->len);
			return true;
		}
		if (c == '\\' && i + 1 < rest->len)
			c = rest->ptr[++i];
		strbuf_putc(value, c);
	}
	return false;
}

static bool apply_jaas_option(const OptionValue *o, Str module, Str name, Str value, rd_kafka_conf_t *conf, Err *err)
{
	for (size_t i = 0; i < sizeof jaas_names / sizeof *jaas_names; i++) {
		const JaasName *j = &jaas_names[i];
		if (!str_ends(module, str_from(j->module)) || !str_eq_c(name, j->name))
			continue;
		return !j->native || set(conf, j->native, value, o, err);
	}
	err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\": unknown option \"%.*s\"", STR_ARG(o->key), STR_ARG(name));
	return err_hint(err, "Use librdkafka's sasl.* properties for what JAAS text cannot say here.");
}

static bool apply_jaas(const OptionValue *o, rd_kafka_conf_t *conf, Err *err)
{
	Str rest = str_trim(o->value);
	Str module = word(&rest);
	bool known = false;
	for (size_t i = 0; i < sizeof jaas_names / sizeof *jaas_names; i++)
		known = known || str_ends(module, str_from(jaas_names[i].module));
	if (!known)
		return bad_jaas(o, "unknown login module", err);
	Str flag = word(&rest);
	if (!str_eq_nocase(flag, STR("required")) && !str_eq_nocase(flag, STR("requisite")) &&
	    !str_eq_nocase(flag, STR("sufficient")) && !str_eq_nocase(flag, STR("optional")))
		return bad_jaas(o, "\"required\" is missing after the login module", err);
	if (str_ends(module, STR("OAuthBearerLoginModule")) && !set(conf, "sasl.oauthbearer.method", STR("oidc"), o, err))
		return false;
	StrBuf value;
	strbuf_init(&value);
	bool ok = true;
	for (;;) {
		rest = str_trim(rest);
		if (rest.len == 0 || rest.ptr[0] == ';')
			break;
		Str name;
		ok = jaas_option(&rest, &name, &value) || bad_jaas(o, "an option without value, or a quote without end", err);
		ok = ok && apply_jaas_option(o, module, name, value.ptr ? strbuf_str(&value) : STR_EMPTY, conf, err);
		if (!ok)
			break;
	}
	strbuf_deinit(&value);
	return ok;
}

static bool is_type(const OptionValue *type, const OptionValue *location, const char *name, const char *end1,
                    const char *end2)
{
	if (type)
		return str_eq_nocase(type->value, str_from(name));
	return str_ends(location->value, str_from(end1)) || str_ends(location->value, str_from(end2));
}

static bool not_readable(const OptionValue *o, const char *native, Err *err)
{
	err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is a key store in Java's form, which is not readable here",
	           STR_ARG(o->key));
	return err_hint(err, "Convert it to PEM (keytool -exportcert -rfc, or openssl pkcs12) and give \"properties.%s\".",
	                native);
}

static bool apply_stores(const KafkaJava *j, rd_kafka_conf_t *conf, Err *err)
{
	if (j->truststore) {
		if (!is_type(j->truststore_type, j->truststore, "PEM", ".pem", ".crt"))
			return not_readable(j->truststore, "ssl.ca.location", err);
		if (!set(conf, "ssl.ca.location", j->truststore->value, j->truststore, err))
			return false;
	}
	if (!j->keystore)
		return true;
	if (is_type(j->keystore_type, j->keystore, "PKCS12", ".p12", ".pfx"))
		return set(conf, "ssl.keystore.location", j->keystore->value, j->keystore, err) &&
		       (!j->keystore_password ||
		        set(conf, "ssl.keystore.password", j->keystore_password->value, j->keystore_password, err));
	if (is_type(j->keystore_type, j->keystore, "PEM", ".pem", ".crt"))
		return set(conf, "ssl.certificate.location", j->keystore->value, j->keystore, err) &&
		       set(conf, "ssl.key.location", j->keystore->value, j->keystore, err);
	return not_readable(j->keystore, "ssl.certificate.location and properties.ssl.key.location", err);
}

bool kafka_sasl_apply(const KafkaJava *j, rd_kafka_conf_t *conf, Err *err)
{
	if (j->jaas && !apply_jaas(j->jaas, conf, err))
		return false;
	const OptionValue *e = j->endpoint_identification;
	if (e &&
	    !set(conf, "ssl.endpoint.identification.algorithm", str_trim(e->value).len ? e->value : STR("none"), e, err))
		return false;
	return apply_stores(j, conf, err);
}
