/*
 * sql/functions/registry.c: the list of all families of functions and aggregates.
 */
#include "sql/functions/registry.h"

/* clang-format off */
/*
 * How the binder calls what is not written NAME(a, b). Everything goes by name through expr_call. "Const": the argument must
 * be a constant (EXPR_CONST). Names are matched in any case. NOT LIKE, NOT IN, IS NOT JSON .. are NOT(..) around the call.
 *
 *   operators
 *   a + b, - * / %            "+"(a,b) ..        intervals and times too; unary minus "-"(a); unary plus: drop it
 *   a || b                    "||"(a,b)
 *   a = b, <> < <= > >=       "="(a,b) ..        != is "<>"
 *   AND, OR, NOT              "AND"(a,b,..), "OR"(a,b,..): two or more arguments; "NOT"(a)
 *   a IS [NOT] NULL           "IS NULL"(a), "IS NOT NULL"(a)
 *   a IS [NOT] TRUE ..        "IS TRUE" "IS NOT TRUE" "IS FALSE" "IS NOT FALSE" "IS UNKNOWN" "IS NOT UNKNOWN"
 *   a IS [NOT] DISTINCT FROM  "IS DISTINCT FROM"(a,b), "IS NOT DISTINCT FROM"(a,b)
 *   a [NOT] BETWEEN x AND y   AND(>=(a,x), <=(a,y)) with the same Expr a twice: it is evaluated once
 *   a IN (x,y,..)             "IN"(a,x,y,..)     a set when all of x,y.. are constants
 *   a LIKE p [ESCAPE e]       "LIKE"(a,p[,e]);   "SIMILAR TO"(a,p[,e])
 *   CASE WHEN c THEN v ..     "CASE"(c1,v1,c2,v2,..[,else])    simple form: ci is "="(x,wi) with the same Expr x
 *   CAST, TRY_CAST, x::t      expr_cast
 *   (a,b) OVERLAPS (c,d)      "OVERLAPS"(a,b,c,d)              b, d: end or interval
 *   t AT TIME ZONE z          "AT TIME ZONE"(t,z)
 *   ROW(..), (a,b)            "ROW"(a,b,..)      fields are named EXPR$0, EXPR$1 ..
 *   ARRAY[..], MAP[k,v,..]    "ARRAY"(..), "MAP"(k,v,..)
 *   x[i], m['k']              "ITEM"(x,i)
 *   row.field                 "FIELD"(row, Const name | Const position from 1)
 *   NULLIF(a,b)               as it is; expr_call makes CASE of it
 *
 *   functions with words in their parentheses
 *   EXTRACT(unit FROM t)      "EXTRACT"(Const 'UNIT', t)
 *   FLOOR(t TO unit), CEIL    "FLOOR"(t, Const 'UNIT'), "CEIL"(t, Const 'UNIT')
 *   TIMESTAMPADD, -DIFF       "TIMESTAMPADD"(Const 'UNIT', n, t), "TIMESTAMPDIFF"(Const 'UNIT', a, b)
 *   TRIM(BOTH c FROM s)       "TRIM"(Const 'BOTH'|'LEADING'|'TRAILING', c, s); no c: ' '; TRIM(s) as it is
 *   POSITION(a IN b)          "POSITION"(a,b)
 *   SUBSTRING(s FROM i FOR n) "SUBSTRING"(s,i[,n])
 *   OVERLAY(s PLACING r ..)   "OVERLAY"(s,r,i[,n])
 *   CURRENT_DATE, LOCALTIME   the name with no arguments; a precision as one Const argument
 *   s IS JSON [kind]          "IS JSON"(s[, Const 'VALUE'|'SCALAR'|'ARRAY'|'OBJECT'])
 *   JSON_EXISTS(j,p ..)       "JSON_EXISTS"(j, p[, Const 'TRUE'|'FALSE'|'UNKNOWN'|'ERROR'])
 *   JSON_VALUE(j,p ..)        "JSON_VALUE"(j, p) or all seven:
 *                             "JSON_VALUE"(j, p, Const returning, Const on_empty, default1, Const on_error, default2)
 *                             returning 'STRING' 'BOOLEAN' 'INTEGER' 'BIGINT' 'DOUBLE' 'DECIMAL(p, s)' ..
 *                             on_* 'NULL'|'ERROR'|'DEFAULT'; default*: any expression, NULL when not given
 *   JSON_QUERY(j,p ..)        "JSON_QUERY"(j, p) or all six:
 *                             "JSON_QUERY"(j, p, Const returning, Const wrapper, Const on_empty, Const on_error)
 *                             returning 'STRING' | 'ARRAY<STRING>', wrapper 'WITHOUT'|'CONDITIONAL'|'UNCONDITIONAL'
 *                             on_* 'NULL'|'EMPTY ARRAY'|'EMPTY OBJECT'|'ERROR'
 *   JSON_OBJECT(k VALUE v ..) "JSON_OBJECT"(Const 'NULL'|'ABSENT', k, v, ..)                   default NULL
 *   JSON_ARRAY(v ..)          "JSON_ARRAY"(Const 'NULL'|'ABSENT', v, ..)                       default ABSENT
 *
 *   aggregates (aggregate_resolve)
 *   COUNT(*)                  COUNT with no argument
 *   ARRAY_AGG(x IGNORE NULLS) ARRAY_AGG(x, Const 'IGNORE NULLS'); RESPECT NULLS is the default
 *   JSON_ARRAYAGG(v ..)       JSON_ARRAYAGG(v, Const 'NULL'|'ABSENT')                          default ABSENT
 *   JSON_OBJECTAGG(k VALUE v) JSON_OBJECTAGG("ROW"(k,v), Const 'NULL'|'ABSENT')                default NULL
 *   LISTAGG(x, sep), TOP_K(x, k), PERCENTILE(x, p): all but x are Const
 *   f(p) WITHIN GROUP (ORDER BY x)   PERCENTILE_CONT, PERCENTILE_DISC, MODE: f(x, p)
 *   f(x ORDER BY y), LISTAGG(x) WITHIN GROUP (ORDER BY y)   AggCall.order; the binder makes the rows
 */
/* clang-format on */

extern const FunctionTable arithmetic_functions, cast_functions, clock_functions, collection_functions,
    collection_array_functions, collection_map_functions, collection_series_functions, comparison_functions,
    conditional_functions, digest_functions, in_functions, json_functions, json_build_functions, like_functions,
    logic_functions, math_functions, printf_functions, regexp_functions, round_functions, string_functions,
    string_encode_functions, string_search_functions, temporal_functions, temporal_text_functions, typeof_functions,
    url_functions, network_functions, pg_functions, pg_names_functions;

const FunctionTable *const registry_families[] = {
    &arithmetic_functions,
    &cast_functions,
    &clock_functions,
    &collection_functions,
    &collection_array_functions,
    &collection_map_functions,
    &collection_series_functions,
    &comparison_functions,
    &conditional_functions,
    &digest_functions,
    &in_functions,
    &json_functions,
    &json_build_functions,
    &like_functions,
    &logic_functions,
    &math_functions,
    &printf_functions,
    &regexp_functions,
    &round_functions,
    &string_functions,
    &string_encode_functions,
    &string_search_functions,
    &temporal_functions,
    &temporal_text_functions,
    &typeof_functions,
    &url_functions,
    &network_functions,
    &pg_functions,
    &pg_names_functions,
    NULL,
};

extern const AggregateTable aggregate_approx_table, aggregate_count_table, aggregate_counts_table,
    aggregate_extreme_table, aggregate_json_table, aggregate_ordered_table, aggregate_stats_table, aggregate_sum_table;

const AggregateTable *const registry_aggregates[] = {
    &aggregate_approx_table,  &aggregate_count_table, &aggregate_counts_table,
    &aggregate_extreme_table, &aggregate_json_table,  &aggregate_ordered_table,
    &aggregate_stats_table,   &aggregate_sum_table,   NULL,
};
