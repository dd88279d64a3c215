/*
 * engine/front/pg_catalog_type.c: the rest of PostgreSQL's catalogs: types, schemas, databases, roles, functions,
 * settings, sessions; and those that are always empty here.
 */
#include "engine/front/pg_catalog.h"

#include "engine/front/pgwire_types.h"
#include "engine/front/system_int.h"

static const char *const schemas[] = {"", "pg_catalog", "information_schema", "weir"};

static bool namespaces(SystemRows *r, Err *err)
{
	(void)err;
	for (int i = 0; i < 4; i++) {
		system_i64(r, pg_catalog_schema_oid(str_from(schemas[i])));
		system_text(r, pg_catalog_schema_name(str_from(schemas[i])));
		system_i64(r, PG_OWNER);
		system_null(r);
	}
	return true;
}

static bool types(SystemRows *r, Err *err)
{
	(void)err;
	const PgwireType *t;
	for (uint32_t i = 0; (t = pgwire_types_at(i)); i++) {
		char kind = t->category == 'P' ? 'p' : 'b', category = t->category;
		system_i64(r, t->oid);
		system_text(r, t->name);
		system_i64(r, PG_SCHEMA_CATALOG);
		system_i64(r, PG_OWNER);
		system_i64(r, t->len);
		system_bool(r, t->len > 0 && t->len <= 8);
		system_str(r, arena_str(r->arena, str_make(&kind, 1)));
		system_str(r, arena_str(r->arena, str_make(&category, 1)));
		system_bool(r, false);
		system_bool(r, true);
		system_text(r, ",");
		system_i64(r, 0);
		system_i64(r, t->elem);
		system_i64(r, t->array);
		system_str(r, arena_printf(r->arena, "%sin", t->elem ? "array_" : t->name));
		system_str(r, arena_printf(r->arena, "%srecv", t->elem ? "array_" : t->name));
		system_bool(r, false);
		system_i64(r, 0);
		system_i64(r, -1);
		system_i64(r, 0);
		system_i64(r, 0);
		system_null(r);
	}
	return true;
}

static bool databases(SystemRows *r, Err *err)
{
	(void)err;
	system_i64(r, PG_DATABASE);
	system_text(r, "default_database");
	system_i64(r, PG_OWNER);
	system_i64(r, 6);
	system_text(r, "c");
	system_bool(r, false);
	system_bool(r, true);
	system_i64(r, -1);
	system_i64(r, PG_TABLESPACE);
	system_text(r, "C");
	system_text(r, "C");
	system_null(r);
	system_null(r);
	return true;
}

static bool roles(SystemRows *r, Err *err)
{
	(void)err;
	system_i64(r, PG_OWNER);
	system_text(r, "weir");
	for (int i = 0; i < 7; i++)
		system_bool(r, i != 5); /* replication */
	system_i64(r, -1);
	system_null(r);
	system_null(r);
	system_null(r);
	return true;
}

static bool users(SystemRows *r, Err *err)
{
	(void)err;
	system_text(r, "weir");
	system_i64(r, PG_OWNER);
	system_bool(r, true);
	system_bool(r, true);
	system_bool(r, false);
	system_bool(r, true);
	system_null(r);
	system_null(r);
	return true;
}

static bool access_methods(SystemRows *r, Err *err)
{
	(void)err;
	system_i64(r, PG_AM_HEAP);
	system_text(r, "heap");
	system_text(r, "t");
	system_bool(r, false);
	system_i64(r, PG_AM_BTREE);
	system_text(r, "btree");
	system_text(r, "i");
	system_bool(r, true);
	return true;
}

/* ---- functions ---- */

/* As PostgreSQL writes names. */
static Str lower_case(Arena *arena, Str name)
{
	char *copy = arena_cstr(arena, name);
	for (uint32_t i = 0; i < name.len; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + 32);
	return str_make(copy, name.len);
}

static bool procs(SystemRows *r, Err *err)
{
	(void)err;
	PgFunction f;
	for (uint32_t i = 0; pg_catalog_function_at(r->catalog, i, r->arena, &f); i++) {
		if (f.hidden)
			continue;
		system_i64(r, f.oid);
		system_str(r, lower_case(r->arena, f.name));
		system_i64(r, f.own ? PG_SCHEMA_PUBLIC : PG_SCHEMA_CATALOG);
		system_i64(r, PG_OWNER);
		system_text(r, f.aggregate ? "a" : "f");
		system_bool(r, false);
		system_i64(r, 0);
		system_i64(r, PG_TEXT);
		system_text(r, "v");
		system_text(r, "s");
		system_bool(r, false);
		system_bool(r, false);
		system_null(r);
		system_i64(r, 12);
		system_opt(r, f.body);
		system_text(r, f.doc);
		system_str(r, f.arguments);
		system_str(r, f.result);
	}
	return true;
}

static void put_setting(SystemRows *r, const char *name, Str value, const char *doc, const char *context,
                        const char *source, const char *otherwise)
{
	system_text(r, name);
	system_str(r, value);
	system_null(r);
	system_text(r, "weir");
	system_text(r, doc);
	system_text(r, context);
	system_text(r, "string");
	system_text(r, source);
	system_text(r, otherwise);
	system_text(r, otherwise);
	system_bool(r, false);
}

static bool settings(SystemRows *r, Err *err)
{
	(void)err;
	/* A constant that drivers ask for. */
	put_setting(r, "max_index_keys", STR("32"), "columns of a key", "internal", "default", "32");
	const Settings *s = session_settings(r->session);
	const SettingDef *d;
	for (uint32_t i = 0; (d = settings_def_at(i)); i++) {
		if (d->class != OPTION_HONOURED)
			continue;
		put_setting(r, d->name, settings_str(s, d->name), d->doc, d->scope == SETTING_START ? "postmaster" : "user",
		            settings_is_default(s, d->name) ? "default" : "session", d->default_);
	}
	return true;
}

static bool collations(SystemRows *r, Err *err)
{
	(void)err;
	system_i64(r, 100);
	system_text(r, "default");
	system_i64(r, PG_SCHEMA_CATALOG);
	system_i64(r, PG_OWNER);
	system_text(r, "d");
	system_text(r, "C");
	system_text(r, "C");
	return true;
}

static bool tablespaces(SystemRows *r, Err *err)
{
	(void)err;
	system_i64(r, PG_TABLESPACE);
	system_text(r, "pg_default");
	system_i64(r, PG_OWNER);
	system_null(r);
	system_null(r);
	return true;
}

static bool languages(SystemRows *r, Err *err)
{
	(void)err;
	system_i64(r, 12);
	system_text(r, "sql");
	system_i64(r, PG_OWNER);
	system_bool(r, false);
	system_bool(r, true);
	return true;
}

/* clang-format off */
const SystemTable pg_catalog_type_tables[] = {
    {"pg_catalog", "pg_namespace", "oid:i nspname:s nspowner:i nspacl:a", namespaces},
    {"pg_catalog", "pg_type", "oid:i typname:s typnamespace:i typowner:i typlen:i typbyval:b typtype:s typcategory:s typispreferred:b typisdefined:b typdelim:s typrelid:i typelem:i typarray:i typinput:s typreceive:s typnotnull:b typbasetype:i typtypmod:i typndims:i typcollation:i typdefault:s", types},
    {"pg_catalog", "pg_database", "oid:i datname:s datdba:i encoding:i datlocprovider:s datistemplate:b datallowconn:b datconnlimit:i dattablespace:i datcollate:s datctype:s daticulocale:s datacl:a", databases},
    {"pg_catalog", "pg_roles", "oid:i rolname:s rolsuper:b rolinherit:b rolcreaterole:b rolcreatedb:b rolcanlogin:b rolreplication:b rolbypassrls:b rolconnlimit:i rolpassword:s rolvaliduntil:t rolconfig:a", roles},
    {"pg_catalog", "pg_authid", "oid:i rolname:s rolsuper:b rolinherit:b rolcreaterole:b rolcreatedb:b rolcanlogin:b rolreplication:b rolbypassrls:b rolconnlimit:i rolpassword:s rolvaliduntil:t rolconfig:a", roles},
    {"pg_catalog", "pg_user", "usename:s usesysid:i usecreatedb:b usesuper:b userepl:b usebypassrls:b passwd:s valuntil:t", users},
    {"pg_catalog", "pg_am", "oid:i amname:s amtype:s amcanorder:b", access_methods},
    {"pg_catalog", "pg_proc", "oid:i proname:s pronamespace:i proowner:i prokind:s proretset:b pronargs:i prorettype:i provolatile:s proparallel:s prosecdef:b proleakproof:b proacl:a prolang:i prosrc:s description:s arguments:s result:s", procs},
    {"pg_catalog", "pg_settings", "name:s setting:s unit:s category:s short_desc:s context:s vartype:s source:s boot_val:s reset_val:s pending_restart:b", settings},
    {"pg_catalog", "pg_collation", "oid:i collname:s collnamespace:i collowner:i collprovider:s collcollate:s collctype:s", collations},
    {"pg_catalog", "pg_inherits", "inhrelid:i inhparent:i inhseqno:i inhdetachpending:b", NULL},
    {"pg_catalog", "pg_policy", "oid:i polname:s polrelid:i polcmd:s polpermissive:b polroles:k polqual:s polwithcheck:s", NULL},
    {"pg_catalog", "pg_trigger", "oid:i tgrelid:i tgparentid:i tgname:s tgfoid:i tgtype:i tgenabled:s tgisinternal:b tgconstraint:i tgdeferrable:b tginitdeferred:b", NULL},
    {"pg_catalog", "pg_rewrite", "oid:i rulename:s ev_class:i ev_type:s ev_enabled:s is_instead:b", NULL},
    {"pg_catalog", "pg_statistic_ext", "oid:i stxrelid:i stxname:s stxnamespace:i stxowner:i stxstattarget:i stxkeys:s stxkind:a stxexprs:s", NULL},
    {"pg_catalog", "pg_publication", "oid:i pubname:s pubowner:i puballtables:b pubinsert:b pubupdate:b pubdelete:b pubtruncate:b pubviaroot:b", NULL},
    {"pg_catalog", "pg_publication_rel", "oid:i prpubid:i prrelid:i prqual:s prattrs:s", NULL},
    {"pg_catalog", "pg_publication_namespace", "oid:i pnpubid:i pnnspid:i", NULL},
    {"pg_catalog", "pg_foreign_table", "ftrelid:i ftserver:i ftoptions:a", NULL},
    {"pg_catalog", "pg_foreign_server", "oid:i srvname:s srvowner:i srvfdw:i", NULL},
    {"pg_catalog", "pg_partitioned_table", "partrelid:i partstrat:s partnatts:i partdefid:i", NULL},
    {"pg_catalog", "pg_enum", "oid:i enumtypid:i enumsortorder:d enumlabel:s", NULL},
    {"pg_catalog", "pg_range", "rngtypid:i rngsubtype:i rngmultitypid:i rngcollation:i rngsubopc:i", NULL},
    {"pg_catalog", "pg_operator", "oid:i oprname:s oprnamespace:i oprkind:s oprleft:i oprright:i oprresult:i oprcode:i", NULL},
    {"pg_catalog", "pg_cast", "oid:i castsource:i casttarget:i castfunc:i castcontext:s castmethod:s", NULL},
    {"pg_catalog", "pg_opclass", "oid:i opcmethod:i opcname:s opcnamespace:i opcowner:i opcfamily:i opcintype:i opcdefault:b opckeytype:i", NULL},
    {"pg_catalog", "pg_event_trigger", "oid:i evtname:s evtevent:s evtowner:i evtfoid:i evtenabled:s evttags:a", NULL},
    {"pg_catalog", "pg_depend", "classid:i objid:i objsubid:i refclassid:i refobjid:i refobjsubid:i deptype:s", NULL},
    {"pg_catalog", "pg_shdescription", "objoid:i classoid:i description:s", NULL},
    {"pg_catalog", "pg_tablespace", "oid:i spcname:s spcowner:i spcacl:a spcoptions:a", tablespaces},
    {"pg_catalog", "pg_extension", "oid:i extname:s extowner:i extnamespace:i extrelocatable:b extversion:s", NULL},
    {"pg_catalog", "pg_sequence", "seqrelid:i seqtypid:i seqstart:i seqincrement:i seqmax:i seqmin:i seqcache:i seqcycle:b", NULL},
    {"pg_catalog", "pg_language", "oid:i lanname:s lanowner:i lanispl:b lanpltrusted:b", languages},
    {"pg_catalog", "pg_auth_members", "roleid:i member:i grantor:i admin_option:b", NULL},
    {"pg_catalog", "pg_locks", "locktype:s database:i relation:i pid:i mode:s granted:b", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */
