/*
 * parser/ast_shape.c: the table of all fields.
 *
 * A struct of ast_*.h and its line here change together. Spans are left out: two trees from different texts are equal.
 */
#include "parser/ast_shape.h"

#include <stddef.h>

/* ---- the names of enumerators, in the order of the enums ------------------------------------------------------- */

static const char *const unit_names[AST_UNITS] = {
    "",           "year",   "quarter",     "month",       "week",       "day",    "hour",
    "minute",     "second", "millisecond", "microsecond", "nanosecond", "decade", "century",
    "millennium", "epoch",  "dow",         "doy",         "isodow",     "isoyear"};
static const char *const operator_names[AST_OPERATORS] = {
    "",  "or", "and", "not", "=", "<>", "<", "<=", ">", ">=", "distinct", "not_distinct", "overlaps",
    "~", "~*", "!~",  "!~*", "+", "-",  "*", "/",  "%", "||", "neg",      "pos",          "at_zone"};
static const char *const literal_kind_names[] = {"null",   "true", "false", "unknown",   "number", "string",
                                                 "binary", "date", "time",  "timestamp", "word"};
static const char *const is_test_names[] = {"null",        "true",       "false",       "unknown", "json",
                                            "json_scalar", "json_array", "json_object", "a_set",   "empty"};
static const char *const like_kind_names[] = {"like", "ilike", "similar"};
static const char *const cast_form_names[] = {"", "try", "colons"};
static const char *const call_form_names[] = {"",        "extract", "position", "trim", "substring",
                                              "overlay", "to_unit", "bare",     "json"};
static const char *const trim_side_names[] = {"", "both", "leading", "trailing"};
static const char *const null_treatment_names[] = {"", "respect", "ignore"};
static const char *const json_behavior_names[] = {"",      "null",    "error",       "default",     "true",
                                                  "false", "unknown", "empty_array", "empty_object"};
static const char *const json_wrapper_names[] = {"", "without", "conditional", "unconditional"};
static const char *const json_on_null_names[] = {"", "null", "absent"};
static const char *const type_zone_names[] = {"", "without", "with", "with_local"};
static const char *const nullability_names[] = {"", "yes", "not"};
static const char *const emit_mode_names[] = {"", "changes", "on_close"};
static const char *const set_op_kind_names[] = {"union", "intersect", "except"};
static const char *const sort_direction_names[] = {"", "asc", "desc"};
static const char *const sort_nulls_names[] = {"", "first", "last"};
static const char *const group_sets_kind_names[] = {"grouping_sets", "rollup", "cube"};
static const char *const frame_unit_names[] = {"rows", "range", "groups"};
static const char *const frame_bound_names[] = {"unbounded_preceding", "preceding", "current_row", "following",
                                                "unbounded_following"};
static const char *const frame_exclude_names[] = {"", "current_row", "group", "ties", "no_others"};
static const char *const join_kind_names[] = {"inner", "left", "right", "full", "cross", "semi", "anti"};
static const char *const match_rows_names[] = {"", "one_row", "all_rows"};
static const char *const match_skip_names[] = {"", "past_last_row", "to_next_row", "to_first", "to_last", "to_var"};
static const char *const column_form_names[] = {"", "metadata", "computed"};
static const char *const column_place_names[] = {"", "first", "after"};
static const char *const enforced_names[] = {"", "yes", "no"};
static const char *const like_action_names[] = {"including", "excluding", "overwriting"};
static const char *const like_what_names[] = {"all",       "constraints", "distribution", "partitions",
                                              "generated", "metadata",    "options",      "watermarks"};
static const char *const distribution_kind_names[] = {"", "any", "hash", "range"};
static const char *const object_kind_names[] = {"table", "view",  "materialized_view", "function",
                                                "query", "index", "database",          "catalog"};
static const char *const drop_behavior_names[] = {"", "restrict", "cascade"};
static const char *const alter_action_names[] = {"set",
                                                 "reset",
                                                 "rename",
                                                 "rename_column",
                                                 "add",
                                                 "modify",
                                                 "drop_columns",
                                                 "drop_primary_key",
                                                 "drop_constraint",
                                                 "drop_watermark",
                                                 "drop_distribution",
                                                 "as"};
static const char *const on_conflict_names[] = {"", "nothing", "error", "deduplicate"};
static const char *const copy_direction_names[] = {"to_stdout", "from_stdin"};
static const char *const fetch_direction_names[] = {"next",     "prior",   "first",       "last",     "absolute",
                                                    "relative", "forward", "forward_all", "backward", "backward_all"};
static const char *const transaction_action_names[] = {"begin",   "commit",      "rollback", "savepoint",
                                                       "release", "rollback_to", "set",      "set_session"};
static const char *const set_form_names[] = {"flink", "to", "time_zone"};
static const char *const show_what_names[] = {"tables",
                                              "views",
                                              "materialized_views",
                                              "queries",
                                              "functions",
                                              "user_functions",
                                              "indexes",
                                              "settings",
                                              "catalogs",
                                              "databases",
                                              "current_catalog",
                                              "current_database",
                                              "columns",
                                              "partitions",
                                              "jobs",
                                              "modules",
                                              "jars",
                                              "create",
                                              "setting",
                                              "all"};
static const char *const control_action_names[] = {"pause", "resume", "cancel"};
static const char *const push_kind_names[] = {"", "delete", "bytes"};
static const char *const test_action_kind_names[] = {"step", "checkpoint", "crash", "finish"};
static const char *const expect_what_names[] = {"", "changes", "changelog", "late", "bad", "refused", "error"};
static const char *const row_kind_names[] = {"", "update_before", "update_after", "delete"};

/* ---- the fields ------------------------------------------------------------------------------------------------ */

#define FIELD(T, f, type)                                                                                              \
	{                                                                                                                  \
#f, type, offsetof(T, f), NULL                                                                                 \
	}
#define NODE(T, f) FIELD(T, f, AST_FIELD_NODE)
#define LIST(T, f) FIELD(T, f, AST_FIELD_LIST)
#define NAME(T, f) FIELD(T, f, AST_FIELD_NAME)
#define NAMES(T, f) FIELD(T, f, AST_FIELD_NAMES)
#define STRING(T, f) FIELD(T, f, AST_FIELD_STR)
#define BOOL(T, f) FIELD(T, f, AST_FIELD_BOOL)
#define U32(T, f) FIELD(T, f, AST_FIELD_U32)
#define I32(T, f) FIELD(T, f, AST_FIELD_I32)
#define I64(T, f) FIELD(T, f, AST_FIELD_I64)
#define PARAMS(T, f) FIELD(T, f, AST_FIELD_PARAMS)
#define ENUM(T, f, names)                                                                                              \
	{                                                                                                                  \
#f, AST_FIELD_ENUM, offsetof(T, f), names                                                                      \
	}
#define END                                                                                                            \
	{                                                                                                                  \
		NULL, AST_FIELD_NODE, 0, NULL                                                                                  \
	}
/* What every AstRef... begins with; written last, as in SQL. */
#define REF_HEAD NAME(AstRefHead, alias), NAMES(AstRefHead, columns), BOOL(AstRefHead, lateral)

static const AstField no_fields[] = {END};
static const AstField literal_fields[] = {ENUM(AstLiteral, kind, literal_kind_names), STRING(AstLiteral, value),
                                          STRING(AstLiteral, raw), BOOL(AstLiteral, expanded), END};
static const AstField interval_fields[] = {STRING(AstInterval, value),
                                           STRING(AstInterval, raw),
                                           BOOL(AstInterval, expanded),
                                           BOOL(AstInterval, negative),
                                           ENUM(AstInterval, from, unit_names),
                                           ENUM(AstInterval, to, unit_names),
                                           I32(AstInterval, leading),
                                           I32(AstInterval, fraction),
                                           END};
static const AstField column_fields[] = {NAMES(AstColumn, path), END};
static const AstField star_fields[] = {NAMES(AstStar, path), NODE(AstStar, arg), END};
static const AstField unary_fields[] = {ENUM(AstUnary, op, operator_names), NODE(AstUnary, arg), END};
static const AstField binary_fields[] = {ENUM(AstBinary, op, operator_names), NODE(AstBinary, left),
                                         NODE(AstBinary, right), END};
static const AstField is_fields[] = {NODE(AstIs, arg), BOOL(AstIs, negated), ENUM(AstIs, test, is_test_names), END};
static const AstField between_fields[] = {NODE(AstBetween, arg), BOOL(AstBetween, negated), BOOL(AstBetween, symmetric),
                                          NODE(AstBetween, low), NODE(AstBetween, high),    END};
static const AstField like_fields[] = {
    NODE(AstLike, arg),     BOOL(AstLike, negated), ENUM(AstLike, kind, like_kind_names),
    NODE(AstLike, pattern), NODE(AstLike, escape),  END};
static const AstField in_fields[] = {NODE(AstIn, arg), BOOL(AstIn, negated), LIST(AstIn, items), NODE(AstIn, query),
                                     END};
static const AstField subquery_fields[] = {NODE(AstSubquery, query), END};
static const AstField quantified_fields[] = {ENUM(AstQuantified, op, operator_names),
                                             BOOL(AstQuantified, all),
                                             NODE(AstQuantified, arg),
                                             NODE(AstQuantified, query),
                                             LIST(AstQuantified, items),
                                             END};
static const AstField case_fields[] = {NODE(AstCase, operand), LIST(AstCase, whens), NODE(AstCase, otherwise), END};
static const AstField cast_fields[] = {ENUM(AstCast, form, cast_form_names), NODE(AstCast, arg), NODE(AstCast, type),
                                       END};
static const AstField call_fields[] = {NAMES(AstCall, name),
                                       ENUM(AstCall, form, call_form_names),
                                       BOOL(AstCall, distinct),
                                       BOOL(AstCall, star),
                                       LIST(AstCall, args),
                                       LIST(AstCall, order_by),
                                       ENUM(AstCall, nulls, null_treatment_names),
                                       LIST(AstCall, within_group),
                                       NODE(AstCall, filter),
                                       NODE(AstCall, over),
                                       ENUM(AstCall, trim, trim_side_names),
                                       NODE(AstCall, json),
                                       END};
static const AstField named_arg_fields[] = {NAME(AstNamedArg, name), NODE(AstNamedArg, value), END};
static const AstField items_fields[] = {LIST(AstItems, items), BOOL(AstItems, keyword), END};
static const AstField subscript_fields[] = {NODE(AstSubscript, arg), NODE(AstSubscript, index), END};
static const AstField field_of_fields[] = {NODE(AstFieldOf, arg), NAME(AstFieldOf, name), END};
static const AstField param_fields[] = {U32(AstParam, number), BOOL(AstParam, question), END};
static const AstField unit_arg_fields[] = {ENUM(AstUnitArg, unit, unit_names), END};
static const AstField descriptor_fields[] = {NAMES(AstDescriptor, columns), END};
static const AstField table_arg_fields[] = {NAMES(AstTableArg, path), NODE(AstTableArg, query),
                                            LIST(AstTableArg, partition_by), LIST(AstTableArg, order_by), END};
static const AstField collate_fields[] = {NODE(AstCollate, arg), NAMES(AstCollate, collation), END};
static const AstField json_clauses_fields[] = {NODE(AstJsonClauses, returning),
                                               ENUM(AstJsonClauses, wrapper, json_wrapper_names),
                                               ENUM(AstJsonClauses, on_empty, json_behavior_names),
                                               NODE(AstJsonClauses, empty_default),
                                               ENUM(AstJsonClauses, on_error, json_behavior_names),
                                               NODE(AstJsonClauses, error_default),
                                               ENUM(AstJsonClauses, on_null, json_on_null_names),
                                               BOOL(AstJsonClauses, unique_keys),
                                               END};
static const AstField type_fields[] = {NAMES(AstType, name),
                                       PARAMS(AstType, nparams),
                                       ENUM(AstType, zone, type_zone_names),
                                       ENUM(AstType, nullability, nullability_names),
                                       NODE(AstType, key),
                                       NODE(AstType, elem),
                                       LIST(AstType, fields),
                                       ENUM(AstType, from, unit_names),
                                       ENUM(AstType, to, unit_names),
                                       I32(AstType, leading),
                                       I32(AstType, fraction),
                                       END};
static const AstField type_field_fields[] = {NAME(AstTypeField, name), NODE(AstTypeField, type),
                                             NODE(AstTypeField, comment), END};
static const AstField query_fields[] = {LIST(AstQuery, with),
                                        BOOL(AstQuery, recursive),
                                        NODE(AstQuery, body),
                                        LIST(AstQuery, order_by),
                                        NODE(AstQuery, limit),
                                        NODE(AstQuery, offset),
                                        BOOL(AstQuery, fetch),
                                        ENUM(AstQuery, emit, emit_mode_names),
                                        END};
static const AstField select_fields[] = {LIST(AstSelect, hints),
                                         BOOL(AstSelect, distinct),
                                         LIST(AstSelect, items),
                                         LIST(AstSelect, from),
                                         NODE(AstSelect, where),
                                         BOOL(AstSelect, grouped),
                                         LIST(AstSelect, group_by),
                                         NODE(AstSelect, having),
                                         LIST(AstSelect, windows),
                                         NODE(AstSelect, qualify),
                                         END};
static const AstField set_op_fields[] = {ENUM(AstSetOp, op, set_op_kind_names), BOOL(AstSetOp, all),
                                         NODE(AstSetOp, left), NODE(AstSetOp, right), END};
static const AstField values_fields[] = {LIST(AstValues, rows), END};
static const AstField table_query_fields[] = {NAMES(AstTableQuery, path), END};
static const AstField cte_fields[] = {NAME(AstCte, name), NAMES(AstCte, columns), NODE(AstCte, query), END};
static const AstField select_item_fields[] = {NODE(AstSelectItem, expr), NAME(AstSelectItem, alias), END};
static const AstField sort_item_fields[] = {NODE(AstSortItem, expr), ENUM(AstSortItem, direction, sort_direction_names),
                                            ENUM(AstSortItem, nulls, sort_nulls_names), END};
static const AstField group_sets_fields[] = {ENUM(AstGroupSets, kind, group_sets_kind_names), LIST(AstGroupSets, items),
                                             END};
static const AstField window_fields[] = {NAME(AstWindow, name),
                                         NAME(AstWindow, base),
                                         BOOL(AstWindow, bare),
                                         LIST(AstWindow, partition_by),
                                         LIST(AstWindow, order_by),
                                         NODE(AstWindow, frame),
                                         END};
static const AstField frame_fields[] = {ENUM(AstFrame, unit, frame_unit_names),       BOOL(AstFrame, between),
                                        ENUM(AstFrame, start, frame_bound_names),     NODE(AstFrame, start_value),
                                        ENUM(AstFrame, end, frame_bound_names),       NODE(AstFrame, end_value),
                                        ENUM(AstFrame, exclude, frame_exclude_names), END};
static const AstField hint_fields[] = {NAME(AstHint, name), LIST(AstHint, args), LIST(AstHint, options), END};
static const AstField option_fields[] = {NODE(AstOption, key), NODE(AstOption, value), END};
static const AstField ref_table_fields[] = {NAMES(AstRefTable, path), LIST(AstRefTable, hints),
                                            NODE(AstRefTable, as_of), REF_HEAD, END};
static const AstField ref_function_fields[] = {NODE(AstRefFunction, call), BOOL(AstRefFunction, wrapped),
                                               BOOL(AstRefFunction, ordinality), REF_HEAD, END};
static const AstField ref_unnest_fields[] = {LIST(AstRefUnnest, args), BOOL(AstRefUnnest, ordinality), REF_HEAD, END};
static const AstField ref_subquery_fields[] = {NODE(AstRefSubquery, query), REF_HEAD, END};
static const AstField ref_join_fields[] = {ENUM(AstRefJoin, kind, join_kind_names),
                                           BOOL(AstRefJoin, natural),
                                           NODE(AstRefJoin, left),
                                           NODE(AstRefJoin, right),
                                           NODE(AstRefJoin, on),
                                           NAMES(AstRefJoin, using),
                                           REF_HEAD,
                                           END};
static const AstField ref_match_fields[] = {NODE(AstRefMatch, input),
                                            LIST(AstRefMatch, partition_by),
                                            LIST(AstRefMatch, order_by),
                                            LIST(AstRefMatch, measures),
                                            ENUM(AstRefMatch, rows, match_rows_names),
                                            ENUM(AstRefMatch, skip, match_skip_names),
                                            NAME(AstRefMatch, skip_to),
                                            NODE(AstRefMatch, pattern),
                                            NODE(AstRefMatch, within),
                                            LIST(AstRefMatch, subsets),
                                            LIST(AstRefMatch, defines),
                                            REF_HEAD,
                                            END};
static const AstField pattern_var_fields[] = {NAME(AstPatternVar, name), BOOL(AstPatternVar, anchor), END};
static const AstField pattern_group_fields[] = {LIST(AstPatternGroup, items), END};
static const AstField pattern_quant_fields[] = {NODE(AstPatternQuant, item), U32(AstPatternQuant, min),
                                                I64(AstPatternQuant, max), BOOL(AstPatternQuant, reluctant), END};
static const AstField pattern_binding_fields[] = {NAME(AstPatternBinding, name), NODE(AstPatternBinding, expr),
                                                  NAMES(AstPatternBinding, names), END};
static const AstField column_def_fields[] = {
    NAME(AstColumnDef, name),          ENUM(AstColumnDef, form, column_form_names),
    NODE(AstColumnDef, type),          NODE(AstColumnDef, expr),
    NODE(AstColumnDef, metadata_key),  BOOL(AstColumnDef, virtual_column),
    NODE(AstColumnDef, default_value), NODE(AstColumnDef, key),
    NODE(AstColumnDef, comment),       ENUM(AstColumnDef, place, column_place_names),
    NAME(AstColumnDef, after),         END};
static const AstField key_def_fields[] = {NAME(AstKeyDef, constraint), NAMES(AstKeyDef, columns),
                                          ENUM(AstKeyDef, enforced, enforced_names), END};
static const AstField watermark_def_fields[] = {NAMES(AstWatermarkDef, column), NODE(AstWatermarkDef, expr), END};
static const AstField view_column_fields[] = {NAME(AstViewColumn, name), NODE(AstViewColumn, comment), END};
static const AstField like_option_fields[] = {ENUM(AstLikeOption, action, like_action_names),
                                              ENUM(AstLikeOption, what, like_what_names), END};
static const AstField param_def_fields[] = {NAME(AstParamDef, name), NODE(AstParamDef, type), END};
static const AstField assignment_fields[] = {NAME(AstAssignment, column), NODE(AstAssignment, value), END};
static const AstField expect_row_fields[] = {I64(AstExpectRow, weight), ENUM(AstExpectRow, kind, row_kind_names),
                                             NODE(AstExpectRow, row), END};
static const AstField stmt_query_fields[] = {NODE(AstStmtQuery, query), END};
static const AstField create_table_fields[] = {BOOL(AstCreateTable, temporary),
                                               BOOL(AstCreateTable, or_replace),
                                               BOOL(AstCreateTable, if_not_exists),
                                               NAMES(AstCreateTable, path),
                                               LIST(AstCreateTable, columns),
                                               LIST(AstCreateTable, watermarks),
                                               LIST(AstCreateTable, keys),
                                               NODE(AstCreateTable, comment),
                                               ENUM(AstCreateTable, distribution, distribution_kind_names),
                                               NAMES(AstCreateTable, distribution_columns),
                                               U32(AstCreateTable, buckets),
                                               NAMES(AstCreateTable, partitioned_by),
                                               BOOL(AstCreateTable, with_options),
                                               LIST(AstCreateTable, options),
                                               NAMES(AstCreateTable, like),
                                               LIST(AstCreateTable, like_options),
                                               NODE(AstCreateTable, query),
                                               END};
static const AstField create_view_fields[] = {BOOL(AstCreateView, temporary),    BOOL(AstCreateView, or_replace),
                                              BOOL(AstCreateView, materialized), BOOL(AstCreateView, if_not_exists),
                                              NAMES(AstCreateView, path),        LIST(AstCreateView, columns),
                                              NODE(AstCreateView, comment),      LIST(AstCreateView, options),
                                              NODE(AstCreateView, query),        END};
static const AstField create_index_fields[] = {BOOL(AstCreateIndex, unique),  BOOL(AstCreateIndex, if_not_exists),
                                               NAME(AstCreateIndex, name),    NAMES(AstCreateIndex, path),
                                               LIST(AstCreateIndex, columns), END};
static const AstField create_function_fields[] = {
    BOOL(AstCreateFunction, temporary),     BOOL(AstCreateFunction, or_replace),
    BOOL(AstCreateFunction, if_not_exists), NAMES(AstCreateFunction, path),
    LIST(AstCreateFunction, params),        NODE(AstCreateFunction, returns),
    NODE(AstCreateFunction, body),          END};
static const AstField create_database_fields[] = {ENUM(AstCreateDatabase, object, object_kind_names),
                                                  BOOL(AstCreateDatabase, if_not_exists),
                                                  NAMES(AstCreateDatabase, path),
                                                  NODE(AstCreateDatabase, comment),
                                                  LIST(AstCreateDatabase, options),
                                                  END};
static const AstField drop_fields[] = {ENUM(AstDrop, object, object_kind_names),
                                       BOOL(AstDrop, temporary),
                                       BOOL(AstDrop, if_exists),
                                       NAMES(AstDrop, path),
                                       ENUM(AstDrop, behavior, drop_behavior_names),
                                       END};
static const AstField alter_fields[] = {ENUM(AstAlter, object, object_kind_names),
                                        BOOL(AstAlter, if_exists),
                                        NAMES(AstAlter, path),
                                        ENUM(AstAlter, action, alter_action_names),
                                        LIST(AstAlter, options),
                                        NAMES(AstAlter, column),
                                        NAMES(AstAlter, new_name),
                                        NAMES(AstAlter, columns),
                                        LIST(AstAlter, items),
                                        NODE(AstAlter, query),
                                        BOOL(AstAlter, dry_run),
                                        END};
static const AstField insert_fields[] = {BOOL(AstInsert, overwrite),
                                         NAMES(AstInsert, path),
                                         LIST(AstInsert, hints),
                                         LIST(AstInsert, partition),
                                         NAMES(AstInsert, columns),
                                         NODE(AstInsert, query),
                                         ENUM(AstInsert, on_conflict, on_conflict_names),
                                         END};
static const AstField statement_set_fields[] = {LIST(AstStatementSet, inserts), BOOL(AstStatementSet, old_form), END};
static const AstField update_fields[] = {NAMES(AstUpdate, path), NAME(AstUpdate, alias), LIST(AstUpdate, assignments),
                                         NODE(AstUpdate, where), END};
static const AstField delete_fields[] = {NAMES(AstDelete, path), NAME(AstDelete, alias), NODE(AstDelete, where), END};
static const AstField named_fields[] = {NAMES(AstNamed, path), END};
static const AstField subscribe_fields[] = {NAMES(AstSubscribe, path), LIST(AstSubscribe, options), END};
static const AstField copy_fields[] = {NAMES(AstCopy, path),   NAMES(AstCopy, columns),
                                       NODE(AstCopy, source),  ENUM(AstCopy, direction, copy_direction_names),
                                       LIST(AstCopy, options), END};
static const AstField declare_fields[] = {NAME(AstDeclare, name), BOOL(AstDeclare, binary), BOOL(AstDeclare, with_hold),
                                          NODE(AstDeclare, source), END};
static const AstField fetch_fields[] = {BOOL(AstFetch, move), ENUM(AstFetch, direction, fetch_direction_names),
                                        I64(AstFetch, count), NAME(AstFetch, cursor), END};
static const AstField transaction_fields[] = {ENUM(AstTransaction, action, transaction_action_names),
                                              NAME(AstTransaction, name), U32(AstTransaction, modes), END};
static const AstField set_fields[] = {ENUM(AstSet, form, set_form_names),
                                      BOOL(AstSet, local),
                                      NODE(AstSet, key),
                                      LIST(AstSet, values),
                                      BOOL(AstSet, to_default),
                                      END};
static const AstField show_fields[] = {ENUM(AstShow, what, show_what_names),
                                       ENUM(AstShow, object, object_kind_names),
                                       NAMES(AstShow, in),
                                       STRING(AstShow, setting),
                                       BOOL(AstShow, like_negated),
                                       BOOL(AstShow, ilike),
                                       NODE(AstShow, like),
                                       END};
static const AstField describe_fields[] = {BOOL(AstDescribe, extended), ENUM(AstDescribe, object, object_kind_names),
                                           NAMES(AstDescribe, path), END};
static const AstField explain_fields[] = {BOOL(AstExplain, analyze), U32(AstExplain, details), NODE(AstExplain, target),
                                          NAMES(AstExplain, path), END};
static const AstField use_fields[] = {ENUM(AstUse, object, object_kind_names), NAMES(AstUse, path), END};
static const AstField control_fields[] = {ENUM(AstControl, action, control_action_names), BOOL(AstControl, skip),
                                          NAMES(AstControl, path), END};
static const AstField replay_fields[] = {NAMES(AstReplay, path), NAMES(AstReplay, into), END};
static const AstField backup_fields[] = {NODE(AstBackup, to), END};
static const AstField help_fields[] = {STRING(AstHelp, topic), NODE(AstHelp, argument), END};
static const AstField prepare_fields[] = {NAME(AstPrepare, name), LIST(AstPrepare, types), NODE(AstPrepare, statement),
                                          LIST(AstPrepare, args), END};
static const AstField unsupported_fields[] = {STRING(AstUnsupported, what), STRING(AstUnsupported, hint),
                                              STRING(AstUnsupported, text), END};
static const AstField push_fields[] = {ENUM(AstPush, kind, push_kind_names),
                                       NAMES(AstPush, path),
                                       NAMES(AstPush, columns),
                                       NODE(AstPush, partition),
                                       LIST(AstPush, rows),
                                       END};
static const AstField advance_fields[] = {BOOL(AstAdvance, clock),     BOOL(AstAdvance, by),    NAMES(AstAdvance, path),
                                          NODE(AstAdvance, partition), NODE(AstAdvance, value), END};
static const AstField test_action_fields[] = {ENUM(AstTestAction, action, test_action_kind_names), END};
static const AstField expect_fields[] = {ENUM(AstExpect, what, expect_what_names),
                                         BOOL(AstExpect, ordered),
                                         NAMES(AstExpect, path),
                                         NODE(AstExpect, query),
                                         LIST(AstExpect, rows),
                                         NODE(AstExpect, code),
                                         NODE(AstExpect, like),
                                         BOOL(AstExpect, not_like),
                                         END};

/* ---- the shapes ------------------------------------------------------------------------------------------------ */

static const AstShape shapes[AST_KINDS] = {
    [AST_NONE] = {"AST_NONE", no_fields},
    [AST_LITERAL] = {"AST_LITERAL", literal_fields},
    [AST_INTERVAL] = {"AST_INTERVAL", interval_fields},
    [AST_COLUMN] = {"AST_COLUMN", column_fields},
    [AST_STAR] = {"AST_STAR", star_fields},
    [AST_UNARY] = {"AST_UNARY", unary_fields},
    [AST_BINARY] = {"AST_BINARY", binary_fields},
    [AST_IS] = {"AST_IS", is_fields},
    [AST_BETWEEN] = {"AST_BETWEEN", between_fields},
    [AST_LIKE] = {"AST_LIKE", like_fields},
    [AST_IN] = {"AST_IN", in_fields},
    [AST_EXISTS] = {"AST_EXISTS", subquery_fields},
    [AST_SUBQUERY] = {"AST_SUBQUERY", subquery_fields},
    [AST_QUANTIFIED] = {"AST_QUANTIFIED", quantified_fields},
    [AST_CASE] = {"AST_CASE", case_fields},
    [AST_CAST] = {"AST_CAST", cast_fields},
    [AST_CALL] = {"AST_CALL", call_fields},
    [AST_NAMED_ARG] = {"AST_NAMED_ARG", named_arg_fields},
    [AST_ARRAY] = {"AST_ARRAY", items_fields},
    [AST_ARRAY_OF] = {"AST_ARRAY_OF", subquery_fields},
    [AST_MAP] = {"AST_MAP", items_fields},
    [AST_ROW] = {"AST_ROW", items_fields},
    [AST_SUBSCRIPT] = {"AST_SUBSCRIPT", subscript_fields},
    [AST_FIELD_OF] = {"AST_FIELD_OF", field_of_fields},
    [AST_PARAM] = {"AST_PARAM", param_fields},
    [AST_UNIT_ARG] = {"AST_UNIT_ARG", unit_arg_fields},
    [AST_DESCRIPTOR] = {"AST_DESCRIPTOR", descriptor_fields},
    [AST_TABLE_ARG] = {"AST_TABLE_ARG", table_arg_fields},
    [AST_DEFAULT] = {"AST_DEFAULT", no_fields},
    [AST_COLLATE] = {"AST_COLLATE", collate_fields},
    [AST_JSON_CLAUSES] = {"AST_JSON_CLAUSES", json_clauses_fields},
    [AST_TYPE_NAME] = {"AST_TYPE_NAME", type_fields},
    [AST_TYPE_ARRAY] = {"AST_TYPE_ARRAY", type_fields},
    [AST_TYPE_MULTISET] = {"AST_TYPE_MULTISET", type_fields},
    [AST_TYPE_MAP] = {"AST_TYPE_MAP", type_fields},
    [AST_TYPE_ROW] = {"AST_TYPE_ROW", type_fields},
    [AST_TYPE_INTERVAL] = {"AST_TYPE_INTERVAL", type_fields},
    [AST_TYPE_FIELD] = {"AST_TYPE_FIELD", type_field_fields},
    [AST_QUERY] = {"AST_QUERY", query_fields},
    [AST_SELECT] = {"AST_SELECT", select_fields},
    [AST_SETOP] = {"AST_SETOP", set_op_fields},
    [AST_VALUES] = {"AST_VALUES", values_fields},
    [AST_TABLE_QUERY] = {"AST_TABLE_QUERY", table_query_fields},
    [AST_CTE] = {"AST_CTE", cte_fields},
    [AST_SELECT_ITEM] = {"AST_SELECT_ITEM", select_item_fields},
    [AST_SORT_ITEM] = {"AST_SORT_ITEM", sort_item_fields},
    [AST_GROUP_SETS] = {"AST_GROUP_SETS", group_sets_fields},
    [AST_WINDOW] = {"AST_WINDOW", window_fields},
    [AST_FRAME] = {"AST_FRAME", frame_fields},
    [AST_HINT] = {"AST_HINT", hint_fields},
    [AST_OPTION] = {"AST_OPTION", option_fields},
    [AST_REF_TABLE] = {"AST_REF_TABLE", ref_table_fields},
    [AST_REF_FUNCTION] = {"AST_REF_FUNCTION", ref_function_fields},
    [AST_REF_UNNEST] = {"AST_REF_UNNEST", ref_unnest_fields},
    [AST_REF_SUBQUERY] = {"AST_REF_SUBQUERY", ref_subquery_fields},
    [AST_REF_JOIN] = {"AST_REF_JOIN", ref_join_fields},
    [AST_REF_MATCH] = {"AST_REF_MATCH", ref_match_fields},
    [AST_PATTERN_VAR] = {"AST_PATTERN_VAR", pattern_var_fields},
    [AST_PATTERN_SEQ] = {"AST_PATTERN_SEQ", pattern_group_fields},
    [AST_PATTERN_ALT] = {"AST_PATTERN_ALT", pattern_group_fields},
    [AST_PATTERN_PERMUTE] = {"AST_PATTERN_PERMUTE", pattern_group_fields},
    [AST_PATTERN_EXCLUDE] = {"AST_PATTERN_EXCLUDE", pattern_group_fields},
    [AST_PATTERN_QUANT] = {"AST_PATTERN_QUANT", pattern_quant_fields},
    [AST_PATTERN_BINDING] = {"AST_PATTERN_BINDING", pattern_binding_fields},
    [AST_COLUMN_DEF] = {"AST_COLUMN_DEF", column_def_fields},
    [AST_KEY_DEF] = {"AST_KEY_DEF", key_def_fields},
    [AST_WATERMARK_DEF] = {"AST_WATERMARK_DEF", watermark_def_fields},
    [AST_VIEW_COLUMN] = {"AST_VIEW_COLUMN", view_column_fields},
    [AST_LIKE_OPTION] = {"AST_LIKE_OPTION", like_option_fields},
    [AST_PARAM_DEF] = {"AST_PARAM_DEF", param_def_fields},
    [AST_ASSIGNMENT] = {"AST_ASSIGNMENT", assignment_fields},
    [AST_EXPECT_ROW] = {"AST_EXPECT_ROW", expect_row_fields},
    [AST_STMT_QUERY] = {"AST_STMT_QUERY", stmt_query_fields},
    [AST_CREATE_TABLE] = {"AST_CREATE_TABLE", create_table_fields},
    [AST_CREATE_VIEW] = {"AST_CREATE_VIEW", create_view_fields},
    [AST_CREATE_INDEX] = {"AST_CREATE_INDEX", create_index_fields},
    [AST_CREATE_FUNCTION] = {"AST_CREATE_FUNCTION", create_function_fields},
    [AST_CREATE_DATABASE] = {"AST_CREATE_DATABASE", create_database_fields},
    [AST_DROP] = {"AST_DROP", drop_fields},
    [AST_ALTER] = {"AST_ALTER", alter_fields},
    [AST_INSERT] = {"AST_INSERT", insert_fields},
    [AST_STATEMENT_SET] = {"AST_STATEMENT_SET", statement_set_fields},
    [AST_UPDATE] = {"AST_UPDATE", update_fields},
    [AST_DELETE] = {"AST_DELETE", delete_fields},
    [AST_TRUNCATE] = {"AST_TRUNCATE", named_fields},
    [AST_SUBSCRIBE] = {"AST_SUBSCRIBE", subscribe_fields},
    [AST_COPY] = {"AST_COPY", copy_fields},
    [AST_DECLARE] = {"AST_DECLARE", declare_fields},
    [AST_FETCH] = {"AST_FETCH", fetch_fields},
    [AST_CLOSE] = {"AST_CLOSE", named_fields},
    [AST_TRANSACTION] = {"AST_TRANSACTION", transaction_fields},
    [AST_SET] = {"AST_SET", set_fields},
    [AST_RESET] = {"AST_RESET", set_fields},
    [AST_SHOW] = {"AST_SHOW", show_fields},
    [AST_DESCRIBE] = {"AST_DESCRIBE", describe_fields},
    [AST_EXPLAIN] = {"AST_EXPLAIN", explain_fields},
    [AST_USE] = {"AST_USE", use_fields},
    [AST_WHY] = {"AST_WHY", named_fields},
    [AST_CONTROL] = {"AST_CONTROL", control_fields},
    [AST_REPLAY] = {"AST_REPLAY", replay_fields},
    [AST_FLUSH] = {"AST_FLUSH", no_fields},
    [AST_BACKUP] = {"AST_BACKUP", backup_fields},
    [AST_HELP] = {"AST_HELP", help_fields},
    [AST_CLIENT] = {"AST_CLIENT", help_fields},
    [AST_DISCARD] = {"AST_DISCARD", help_fields},
    [AST_PREPARE] = {"AST_PREPARE", prepare_fields},
    [AST_EXECUTE] = {"AST_EXECUTE", prepare_fields},
    [AST_DEALLOCATE] = {"AST_DEALLOCATE", named_fields},
    [AST_UNSUPPORTED] = {"AST_UNSUPPORTED", unsupported_fields},
    [AST_PUSH] = {"AST_PUSH", push_fields},
    [AST_ADVANCE] = {"AST_ADVANCE", advance_fields},
    [AST_IDLE] = {"AST_IDLE", advance_fields},
    [AST_TEST_ACTION] = {"AST_TEST_ACTION", test_action_fields},
    [AST_EXPECT] = {"AST_EXPECT", expect_fields},
};

const AstShape *ast_shape(AstKind kind)
{
	ASSERT(kind < AST_KINDS);
	return &shapes[kind];
}

const void *ast_shape_at(const AstNode *node, const AstField *field)
{
	return (const char *)node + field->offset;
}

AstNode *ast_shape_node(const AstNode *node, const AstField *field)
{
	AstNode *out;
	memcpy(&out, ast_shape_at(node, field), sizeof(AstNode *));
	return out;
}

/* All enums here are as wide as an int. */
uint32_t ast_shape_enum(const AstNode *node, const AstField *field)
{
	uint32_t out;
	memcpy(&out, ast_shape_at(node, field), sizeof out);
	return out;
}
