#!/usr/bin/python3
"""Random snapshots: weir against PostgreSQL, where the two mean the same.

    /usr/bin/python3 tests/oracle/postgres.py --weir build/weir --pg "$WEIR_TEST_PG"    # 1,200 queries of seed 1
    /usr/bin/python3 tests/oracle/postgres.py ... --seed 7 --queries 500 --show 5
    /usr/bin/python3 tests/oracle/postgres.py ... --print                               # the statements, not run

One text runs on both: tables with NULLs and duplicate rows, expressions four deep, joins of up to ten tables, subqueries three
deep and correlated, LATERAL, ANY and ALL, set operations, aggregates with DISTINCT and FILTER, ORDER BY with LIMIT. What Flink
and PostgreSQL see differently is left out of the mix: decimals cut or rounded by a cast to an integer, OVERLAY beyond
the end, an empty pad of LPAD, the scale of a SUM beside other decimals, letters beyond ASCII in UPPER. In memory of defects: rows in a subquery of several columns,
subqueries two deep that read the outermost row.
"""
import argparse
import datetime
import decimal
import json
import os
import random
import re
import subprocess
import sys

import psycopg

D = decimal.Decimal
KINDS = ['int', 'big', 'dec', 'dbl', 'str', 'bool', 'date', 'ts']
TYPES = {'int': 'INT', 'big': 'BIGINT', 'dec': 'DECIMAL(10,2)', 'dbl': 'DOUBLE PRECISION', 'str': 'VARCHAR(40)',
         'bool': 'BOOLEAN', 'date': 'DATE', 'ts': 'TIMESTAMP(3)'}
WORDS = ['', 'a', 'A', 'ab', 'abc', 'b', 'Ba', 'a%b', 'x_y', ' pad ', 'zebra', '日本', "o'k", '10', '-3']

class Gen:
    def __init__(self, rnd):
        self.r = rnd
        self.n = 0

    def lit(self, k):
        r = self.r
        if k == 'int': return str(r.choice([0, 1, 2, 3, 5, 7, -1, -2, 10, 100, r.randint(-50, 50)]))
        if k == 'big': return 'CAST(%d AS BIGINT)' % r.choice([0, 1, -1, 3000000000, -3000000000, r.randint(-1000, 1000)])
        if k == 'dec': return 'CAST(%s AS DECIMAL(10,2))' % r.choice(['0', '1.5', '-2.25', '10.01', '99.99', str(r.randint(-999, 999)) + '.' + '%02d' % r.randint(0, 99)])
        if k == 'dbl': return 'CAST(%s AS DOUBLE PRECISION)' % (r.randint(-40, 40) / 4)
        if k == 'str': return "'%s'" % r.choice(WORDS).replace("'", "''")
        if k == 'bool': return r.choice(['TRUE', 'FALSE'])
        if k == 'date': return "DATE '%04d-%02d-%02d'" % (r.choice([1969, 1970, 2000, 2020, 2024]), r.randint(1, 12), r.randint(1, 28))
        if k == 'ts': return "TIMESTAMP '%04d-%02d-%02d %02d:%02d:%02d.%03d'" % (r.choice([1969, 1970, 2000, 2020, 2024]), r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59), r.choice([0, 0, 500, 123]))

    def val(self, k):
        return 'NULL' if self.r.random() < .15 else self.lit(k)

    def col(self, k, scope):
        cs = [n for n, kk in scope if kk == k]
        if cs and self.r.random() < .85: return self.r.choice(cs)
        if self.r.random() < .15: return 'CAST(NULL AS %s)' % TYPES[k]
        return self.lit(k)

    def expr(self, k, scope, d):
        r = self.r
        if d <= 0 or r.random() < .2: return self.col(k, scope)
        e = lambda kk=k, dd=d - 1: self.expr(kk, scope, dd)
        g = r.random()
        if g < .12:
            n = r.randint(1, 3)
            if r.random() < .3:
                kk = r.choice(['int', 'str', 'bool'])
                s = 'CASE ' + e(kk) + ''.join(' WHEN %s THEN %s' % (e(kk), e()) for _ in range(n))
            else:
                s = 'CASE' + ''.join(' WHEN %s THEN %s' % (e('bool'), e()) for _ in range(n))
            return s + (' ELSE %s' % e() if r.random() < .7 else '') + ' END'
        if g < .2: return 'COALESCE(%s)' % ', '.join(e() for _ in range(r.randint(2, 3)))
        if g < .25: return 'NULLIF(%s, %s)' % (e(), e())
        if k == 'int':
            c = r.randint(0, 9)
            if c < 3: return '(%s %s %s)' % (e(), r.choice('+-'), e())
            if c == 3: return '(%s * %s)' % (e('int', min(d - 1, 1)), r.choice(['2', '3', '-1']))
            if c == 4: return '(%s %s NULLIF(%s, 0))' % (e(), r.choice(['/', '%']), e())
            if c == 5: return 'CHAR_LENGTH(%s)' % e('str')
            if c == 6: return 'ABS(%s)' % e()
            if c == 7: return 'CAST(EXTRACT(%s FROM %s) AS INT)' % (r.choice(['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'QUARTER', 'WEEK', 'DOY', 'ISOYEAR', 'CENTURY', 'DECADE']), e('ts'))
            if c == 8: return '(- %s)' % e()
            return 'POSITION(%s IN %s)' % (e('str'), e('str'))
        if k == 'big':
            c = r.randint(0, 6)
            if c < 3: return '(%s %s %s)' % (e(), r.choice('+-'), e(r.choice(['big', 'int'])))
            if c == 3: return '(%s %s NULLIF(%s, 0))' % (e(), r.choice(['/', '%']), e())
            if c == 4: return 'CAST(%s AS BIGINT)' % e('int')
            if c == 5: return 'ABS(%s)' % e()
            return 'CAST(TRUNCATE(%s) AS BIGINT)' % e('dec')  # PG rounds, weir cuts: masked below
        if k == 'dec':
            c = r.randint(0, 6)
            if c < 2: return '(%s %s %s)' % (e(), r.choice('+-'), e(r.choice(['dec', 'int'])))
            if c == 2: return '(%s * %s)' % (e('dec', 0), e(r.choice(['dec', 'int']), 0))
            if c == 3: return 'ABS(%s)' % e()
            if c == 4: return 'ROUND(%s, %d)' % (e(), r.choice([0, 1, 2]))
            if c == 5: return '%s(%s)' % (r.choice(['CEIL', 'FLOOR', 'SIGN']), e())
            return '(%s %% NULLIF(%s, 0))' % (e('dec', 0), e('dec', 0))
        if k == 'dbl':
            c = r.randint(0, 5)
            if c < 2: return '(%s %s %s)' % (e(), r.choice('+-'), e())
            if c == 2: return '(%s * CAST(0.5 AS DOUBLE PRECISION))' % e()
            if c == 3: return 'CAST(%s AS DOUBLE PRECISION)' % e(r.choice(['int', 'dec']))
            if c == 4: return '%s(%s)' % (r.choice(['CEIL', 'FLOOR', 'ABS']), e())
            return '(%s / NULLIF(%s, 0))' % (e(), e())
        if k == 'str':
            c = r.randint(0, 13)
            if c < 3: return '(%s || %s)' % (e(), e())
            if c == 3: return '%s(%s)' % (r.choice(['UPPER', 'LOWER']), e())
            if c == 4: return 'SUBSTRING(%s FROM %d%s)' % (e(), r.randint(1, 4), r.choice(['', ' FOR %d' % r.randint(0, 4)]))
            if c == 5: return 'TRIM(%s%s)' % (r.choice(['', 'BOTH FROM ', "LEADING 'a' FROM ", "TRAILING 'b' FROM "]), e())
            if c == 6: return 'REPLACE(%s, %s, %s)' % (e(), "'%s'" % r.choice(['a', 'b', 'x', 'ab']), e())
            if c == 7: return 'CAST(%s AS VARCHAR(100))' % e(r.choice(['int', 'big', 'date']))
            if c == 8: return '%s(%s, %d, %s)' % (r.choice(['LPAD', 'RPAD']), e(), r.randint(0, 8), "'%s'" % r.choice(['*', 'xy', 'a b']))
            if c == 9: return 'REVERSE(%s)' % e()
            if c == 10: return '%s(%s, %d)' % (r.choice(['LEFT', 'RIGHT']), e(), r.randint(0, 4))
            if c == 11: return "OVERLAY('12345' || %s PLACING %s FROM %d%s)" % (e(), "'%s'" % r.choice(['a', 'xy', '#']), r.randint(1, 4), r.choice(['', ' FOR %d' % r.randint(1, 3)]))
            if c == 12: return 'CAST(%s AS VARCHAR(%d))' % (e(), r.randint(1, 5))
            return 'CONCAT_WS(%s, %s, %s)' % ("'-'", e(), e())
        if k == 'date':
            c = r.randint(0, 2)
            if c == 0: return 'CAST(%s AS DATE)' % e('ts')
            if c == 1: return "CAST(%s %s INTERVAL '%d' %s AS DATE)" % (e(), r.choice('+-'), r.randint(0, 40), r.choice(['DAY', 'MONTH', 'YEAR']))
            return self.col(k, scope)
        if k == 'ts':
            c = r.randint(0, 3)
            if c == 0: return 'CAST(%s AS TIMESTAMP(3))' % e('date')
            if c == 1: return "(%s %s INTERVAL '%d' %s)" % (e(), r.choice('+-'), r.randint(0, 90), r.choice(['SECOND', 'MINUTE', 'HOUR', 'DAY', 'MONTH', 'YEAR']))
            if c == 2: return "DATE_TRUNC('%s', %s)" % (r.choice(['year', 'month', 'day', 'hour', 'minute', 'second', 'quarter', 'week']), e())
            return self.col(k, scope)
        # bool
        c = r.randint(0, 14)
        kk = r.choice(KINDS)
        if c < 3: return '(%s %s %s)' % (e(kk), r.choice(['=', '<>', '<', '<=', '>', '>=']), e(kk))
        if c == 3: return '(%s %s %s)' % (e('bool'), r.choice(['AND', 'OR']), e('bool'))
        if c == 4: return '(NOT %s)' % e('bool')
        if c == 5: return '(%s IS %sNULL)' % (e(kk), r.choice(['', 'NOT ']))
        if c == 6: return '(%s %sIN (%s))' % (e(kk), r.choice(['', 'NOT ']), ', '.join(self.val(kk) if r.random() < .7 else e(kk) for _ in range(r.randint(1, 4))))
        if c == 7: return '(%s %sBETWEEN %s%s AND %s)' % (e(kk), r.choice(['', 'NOT ']), r.choice(['', '', 'SYMMETRIC ']), e(kk), e(kk))
        if c == 8: return "(%s %sLIKE '%s')" % (e('str'), r.choice(['', 'NOT ']), r.choice(['%', 'a%', '%b', '_', '_b%', '%a%', 'A_', '', '%_%b', 'a__']))
        if c == 9: return "(%s LIKE '%s' ESCAPE '%s')" % (e('str'), r.choice(['a!%b', '%!_%', '!!%', 'x!_y']), '!')
        if c == 10: return '(%s IS %sDISTINCT FROM %s)' % (e(kk), r.choice(['', 'NOT ']), e(kk))
        if c == 11: return '(%s IS %s%s)' % (e('bool'), r.choice(['', 'NOT ']), r.choice(['TRUE', 'FALSE', 'UNKNOWN']))
        if c == 12: return '((%s, %s) = (%s, %s))' % (e('int'), e('str'), e('int'), e('str'))
        if c == 14: return '((%s, %s) %sIN ((%s, %s), (%s, %s)))' % (e('int'), e('str'), r.choice(['', 'NOT ']), self.lit('int'), self.lit('str'), e('int'), e('str'))
        if c == 13: return '(%s > %s)' % (e(r.choice(['int', 'big', 'dec', 'dbl'])), e(r.choice(['int', 'big', 'dec', 'dbl'])))

    def name(self, p='x'):
        self.n += 1
        return p + str(self.n)

    # a relation: text, alias, columns
    def rel(self, d, outer):
        r = self.r
        a = self.name('r')
        g = r.random()
        if d <= 0 or g < .6:
            t = r.choice(TABLES)
            return '%s AS %s' % (t, a), [(a + '.' + c, k) for c, k in TABLES_COLS[t]]
        if g < .75:
            ks = [r.choice(KINDS) for _ in range(r.randint(1, 3))]
            rows = ', '.join('(' + ', '.join((self.lit(k) if i == 0 else ('CAST(NULL AS %s)' % TYPES[k] if r.random() < .2 else self.lit(k))) for k in ks) + ')' for i in range(r.randint(1, 4)))
            cs = [self.name('v') for _ in ks]
            return '(VALUES %s) AS %s(%s)' % (rows, a, ', '.join(cs)), [(a + '.' + c, k) for c, k in zip(cs, ks)]
        q, cols = self.query(d - 1, [])
        return '(%s) AS %s' % (q, a), [(a + '.' + c, k) for c, k in cols]

    def frm(self, d, outer):
        r = self.r
        text, scope = self.rel(d, outer)
        comma = False
        for _ in range(r.choice([0, 0, 1, 1, 2])):
            if comma: break
            if d > 0 and r.random() < .12:
                a = self.name('l')
                ff, ss = self.frm(0, scope)
                cors = [(x, y) for x, kx in ss for y, ky in scope if kx == ky]
                ww = ' WHERE %s = %s' % r.choice(cors) if cors and r.random() < .8 else ''
                items = [(self.name('c'), r.choice(ss + scope)) for _ in range(r.randint(1, 2))]
                text += ' %s LATERAL (SELECT %s FROM %s%s) AS %s%s' % (('CROSS JOIN', ', '.join('%s AS %s' % (x[0], n) for n, x in items), ff, ww, a, '') if r.random() < .5 else ('LEFT JOIN', ', '.join('%s AS %s' % (x[0], n) for n, x in items), ff, ww, a, ' ON TRUE'))
                scope = scope + [(a + '.' + n, x[1]) for n, x in items]
                continue
            t2, s2 = self.rel(d - 1, outer)
            j = r.choice(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'CROSS JOIN', ','])
            if j in ('CROSS JOIN', ','):
                if j == ',' and 'JOIN' in text: j = 'CROSS JOIN'
                comma = comma or j == ','
                text += (' ' if j != ',' else '') + j + ' ' + t2
            else:
                pairs = [(x, y) for x, k in scope for y, kk in s2 if k == kk]
                on = 'TRUE'
                if pairs:
                    on = '%s = %s' % r.choice(pairs)
                    if j != 'FULL JOIN' and r.random() < .3: on += ' AND ' + self.expr('bool', scope + s2, 1)
                    elif j != 'FULL JOIN' and r.random() < .1: on = self.expr('bool', scope + s2, 2)
                elif j == 'FULL JOIN': j = 'LEFT JOIN'
                text += ' %s %s ON %s' % (j, t2, on)
            scope = scope + s2
        return text, scope

    def sub(self, scope, d):
        r = self.r
        f, s = self.frm(d - 1, scope)
        k = r.choice([kk for _, kk in s])
        c = r.choice([n for n, kk in s if kk == k])
        inner = []
        cors = [(x, y) for x, kx in s for y, ky in scope if kx == ky]
        if cors and r.random() < .7:
            x, y = r.choice(cors)
            inner.append('%s %s %s' % (x, r.choice(['=', '=', '<', '>=']), y))
        if r.random() < .4: inner.append(self.expr('bool', s, 1))
        if d > 1 and r.random() < .3: inner.append(self.sub(s + scope, d - 1))
        w = ' WHERE ' + ' AND '.join(inner) if inner else ''
        g = r.randint(0, 5)
        if g == 4: return '(%s %s %s (SELECT %s FROM %s%s))' % (self.expr(k, scope, 1), r.choice(['=', '<>', '<', '>=']), r.choice(['ANY', 'ALL', 'SOME']), c, f, w)
        if g == 5:
            c2, k2 = r.choice(s)
            return '((%s, %s) %sIN (SELECT %s, %s FROM %s%s))' % (self.expr(k, scope, 1), self.expr(k2, scope, 1), r.choice(['', 'NOT ']), c, c2, f, w)
        if g == 0: return '(%sEXISTS (SELECT %s FROM %s%s))' % (r.choice(['', 'NOT ']), r.choice(['1', '*', c]), f, w)
        if g == 1: return '(%s %sIN (SELECT %s FROM %s%s))' % (self.expr(k, scope, 1), r.choice(['', 'NOT ']), c, f, w)
        ag = r.choice(['MIN', 'MAX', 'COUNT'])
        if k == 'bool' or ag == 'COUNT': return '(%s < (SELECT COUNT(%s) FROM %s%s))' % (self.expr('int', scope, 1), r.choice(['*', c]), f, w)
        return '(%s %s (SELECT %s(%s) FROM %s%s))' % (self.expr(k, scope, 1), r.choice(['=', '<', '>']), ag, c, f, w)

    def agg(self, scope):
        r = self.r
        g = r.randint(0, 11)
        filt = ' FILTER (WHERE %s)' % self.expr('bool', scope, 1) if r.random() < .25 else ''
        dist = 'DISTINCT ' if r.random() < .25 else ''
        if g < 2: return 'COUNT(*)' + filt, 'big'
        if g < 4: return 'COUNT(%s%s)' % (dist, self.expr(r.choice(KINDS), scope, 1)) + filt, 'big'
        if g < 6:
            k = r.choice(['int', 'dec', 'dbl'])
            c = self.expr(k, scope, 1)
            if k == 'int': return 'SUM(%s%s)' % (dist, 'CAST(%s AS BIGINT)' % c) + filt, 'big'
            if k == 'dec': return 'CAST(SUM(%s%s)%s AS DECIMAL(24,4))' % (dist, c, filt), k
            return 'SUM(%s%s)' % (dist, c) + filt, k
        if g < 9:
            k = r.choice([x for x in KINDS if x != 'bool'])
            return '%s(%s%s)' % (r.choice(['MIN', 'MAX']), dist, self.expr(k, scope, 1)) + filt, k
        if g == 10: return '%s(%s%s)' % (r.choice(['AVG', 'STDDEV_POP', 'STDDEV_SAMP', 'VAR_POP', 'VAR_SAMP']), dist, self.expr('dbl', scope, 1)) + filt, 'dbl'
        if g == 11:
            c = self.expr('str', scope, 1)
            return "STRING_AGG(%s, ',' ORDER BY %s%s)" % (c, c, r.choice(['', ' DESC'])) + filt, 'str'
        return '%s(%s)' % (r.choice(['BOOL_AND', 'BOOL_OR', 'EVERY']), self.expr('bool', scope, 1)) + filt, 'bool'

    def query(self, d, outer):
        r = self.r
        g = r.random()
        if d > 0 and g < .15:
            q1, c1 = self.query(d - 1, outer)
            # same kinds on the right
            f, s = self.frm(0, outer)
            q2 = 'SELECT ' + ', '.join(self.expr(k, s, 1) for _, k in c1) + ' FROM ' + f
            op = r.choice(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL'])
            return '(%s) %s (%s)' % (q1, op, q2), c1
        if d > 0 and g < .22:
            q1, c1 = self.query(d - 1, [])
            n = self.name('w')
            s = [(n + '.' + c, k) for c, k in c1]
            items = [(self.name('c'), r.choice(s)) for _ in range(r.randint(1, 3))]
            w = ' WHERE ' + self.expr('bool', s, 2) if r.random() < .5 else ''
            return 'WITH %s AS (%s) SELECT %s FROM %s%s' % (n, q1, ', '.join('%s AS %s' % (e, a) for a, (e, k) in items), n, w), [(a, k) for a, (e, k) in items]
        f, s = self.frm(d, outer)
        where = []
        if r.random() < .5: where.append(self.expr('bool', s, 2))
        if d > 0 and r.random() < .35: where.append(self.sub(s, d))
        w = ' WHERE ' + r.choice([' AND ', ' OR ']).join(where) if where else ''
        if r.random() < .35:
            keys = [r.choice(s) for _ in range(r.randint(0, 2))]
            keys = list(dict.fromkeys(keys))
            keyx = [(self.expr(k, s, 1), k) if r.random() < .25 else (n, k) for n, k in keys]
            keyx = [(e, k) for e, k in keyx if any(n in e for n, _ in s)]
            items = [(self.name('c'), e, k) for e, k in keyx]
            for _ in range(r.randint(1, 3)):
                e, k = self.agg(s)
                items.append((self.name('c'), e, k))
            gb = ' GROUP BY ' + ', '.join(e for e, _ in keyx) if keyx else ''
            hv = ''
            if r.random() < .25:
                e, k = self.agg(s)
                hv = ' HAVING %s %s %s' % (e, r.choice(['>', '<=', '<>', 'IS DISTINCT FROM']), self.lit(k))
            return 'SELECT %s FROM %s%s%s%s' % (', '.join('%s AS %s' % (e, a) for a, e, k in items), f, w, gb, hv), [(a, k) for a, e, k in items]
        items = []
        for _ in range(r.randint(1, 4)):
            k = r.choice(KINDS)
            if d > 0 and r.random() < .08:
                ff, ss = self.frm(0, s)
                kk, c = r.choice([(kk, n) for n, kk in ss])
                if kk != 'bool':
                    cors = [(x, y) for x, kx in ss for y, ky in s if kx == ky]
                    ww = ' WHERE %s = %s' % r.choice(cors) if cors and r.random() < .7 else ''
                    items.append((self.name('c'), '(SELECT %s(%s) FROM %s%s)' % (r.choice(['MIN', 'MAX']), c, ff, ww), kk))
                    continue
            items.append((self.name('c'), self.expr(k, s, 3 if d > 0 else 2), k))
        dis = 'DISTINCT ' if r.random() < .12 else ''
        text = 'SELECT %s%s FROM %s%s' % (dis, ', '.join('%s AS %s' % (e, a) for a, e, k in items), f, w)
        return text, [(a, k) for a, e, k in items]

    def chain(self):
        r = self.r
        n = r.randint(4, 10)
        text, scope = '', []
        for i in range(n):
            t = r.choice(['t0', 't1', 't2'])
            a = self.name('j')
            cols = [(a + '.' + c, k) for c, k in TABLES_COLS[t]]
            if i == 0: text = '%s AS %s' % (t, a)
            else:
                pairs = [(x, y) for x, k in scope for y, kk in cols if k == kk and k in ('int', 'str', 'big', 'ts', 'dec')]
                p = r.choice(pairs)
                text += ' %s %s AS %s ON %s = %s AND %s.a IS NOT NULL' % (r.choice(['JOIN', 'JOIN', 'LEFT JOIN']), t, a, p[0], p[1], a)
            scope += cols
        return 'SELECT COUNT(*) AS c0, COUNT(DISTINCT %s) AS c1, MAX(%s) AS c2 FROM %s' % (r.choice(scope)[0], r.choice([x for x, k in scope if k == 'str']), text), [('c0', 'big'), ('c1', 'big'), ('c2', 'str')]

    def top(self):
        r = self.r
        if r.random() < .02:
            q, c = self.chain()
            return q, c, False
        q, c = self.query(r.choice([0, 1, 1, 2, 3]), [])
        ordered = False
        if r.random() < .4 and not q.startswith('WITH'):
            q = 'SELECT * FROM (%s) AS z ORDER BY %s' % (q, ', '.join('%s%s NULLS %s' % (x if r.random() < .5 else i + 1, r.choice(['', ' ASC', ' DESC']), r.choice(['FIRST', 'LAST'])) for i, (x, k) in enumerate(c)))
            if r.random() < .6:
                q += ' LIMIT %d' % r.randint(0, 10)
                if r.random() < .4: q += ' OFFSET %d' % r.randint(0, 5)
            ordered = True
        return q, c, ordered

TABLES = ['t0', 't1', 't2', 't3']
TABLES_COLS = {
    't0': [('a', 'int'), ('b', 'big'), ('c', 'dec'), ('d', 'str'), ('e', 'ts')],
    't1': [('a', 'int'), ('f', 'dbl'), ('d', 'str'), ('g', 'bool'), ('h', 'date')],
    't2': [('a', 'int'), ('b', 'big'), ('c', 'dec'), ('f', 'dbl'), ('g', 'bool'), ('d', 'str'), ('h', 'date'), ('e', 'ts')],
    't3': [('a', 'int'), ('d', 'str')],
}

def schema(g):
    out = []
    for t, n in zip(TABLES, [12, 10, 15, 0]):
        out.append('CREATE TABLE %s (%s)' % (t, ', '.join('%s %s' % (c, TYPES[k]) for c, k in TABLES_COLS[t])))
        if n:
            rows = [[g.val(k) for _, k in TABLES_COLS[t]] for _ in range(n)]
            rows.append(rows[0])
            out.append('INSERT INTO %s VALUES %s' % (t, ', '.join('(' + ', '.join(x) + ')' for x in rows)))
    return out

def norm(v, k):
    if v is None: return None
    if k in ('int', 'big'): return int(D(str(v)))
    if k == 'dec': return D(str(v)).normalize() + 0
    if k == 'dbl':
        f = float(v)
        return 0.0 if f == 0 else f
    if k == 'bool': return bool(v)
    if k == 'str': return v
    if k == 'date': return str(v)[:10]
    if k == 'ts':
        if isinstance(v, datetime.datetime): return v.isoformat(sep=' ', timespec='milliseconds')
        return str(v)

def key(row):
    return tuple((x is not None, repr(x) if isinstance(x, float) else str(x)) for x in row)

def same(a, b):
    if len(a) != len(b): return False
    for x, y in zip(a, b):
        for u, v in zip(x, y):
            if isinstance(u, float) and isinstance(v, float):
                if abs(u - v) > 1e-9 * max(1, abs(u), abs(v)): return False
            elif u != v: return False
    return True

def weir(binary, pre, queries):
    text = ';\n'.join(pre) + ';\n'
    for i, q in enumerate(queries): text += "SELECT 'QQ%d' AS marker;\n%s;\n" % (i, q)
    text += "SELECT 'QQEND' AS marker;\n"
    p = subprocess.run([binary, '--format', 'json'], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    res, cur = {}, None
    err = []
    for line in p.stdout.decode('utf-8', 'replace').splitlines():
        m = re.match(r'\{"marker":"QQ(\d+|END)"\}', line)
        if m:
            cur = m.group(1)
            res[cur] = []
        elif cur is None:
            err.append(line)
        else: res[cur].append(line)
    return res, err, p.returncode

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--weir', default='build/weir')
    ap.add_argument('--pg', default=os.environ.get('WEIR_TEST_PG'))
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--queries', type=int, default=1200)
    ap.add_argument('--show', type=int, default=10)
    ap.add_argument('--print', action='store_true')
    o = ap.parse_args()
    rnd = random.Random(o.seed)
    g = Gen(rnd)
    pre = schema(g)
    qs = [g.top() for _ in range(o.queries)]
    if o.print:
        print(';\n'.join(pre + [q[0] for q in qs]) + ';')
        return
    conn = psycopg.connect(o.pg, autocommit=True)
    conn.execute('DROP SCHEMA IF EXISTS weir_oracle CASCADE')
    conn.execute('CREATE SCHEMA weir_oracle')
    conn.execute('SET search_path TO weir_oracle, pg_catalog')
    conn.execute("set timezone to 'UTC'")
    conn.execute("set statement_timeout to 5000")
    pg_pre = [re.sub(r'VARCHAR\((\d+)\)', r'VARCHAR(\1) COLLATE "C"', x) for x in pre]
    conn.execute('create function left(text, int) returns text language sql as $$ select pg_catalog.left($1, greatest($2,0)) $$')
    conn.execute('create function truncate(numeric) returns numeric language sql as $$ select trunc($1) $$')
    for s in pg_pre: conn.execute(s)
    res, err, rc = weir(o.weir, pre, [q[0] for q in qs])
    if err: print('setup:', err)
    stats = {'same': 0, 'both error': 0, 'weir error': 0, 'pg error': 0, 'differ': 0, 'lost': 0}
    shown = 0
    kinds = {}
    for i, (q, cols, ordered) in enumerate(qs):
        try:
            cur = conn.execute(q)
            pg = [tuple(norm(v, k) for v, (_, k) in zip(row, cols)) for row in cur.fetchall()]
            pe = None
        except psycopg.Error as x:
            pg, pe = None, str(x).splitlines()[0]
        lines = res.get(str(i))
        if lines is None:
            stats['lost'] += 1
            print('LOST', q)
            break
        we = None
        rows = []
        for l in lines:
            if l.startswith('{'):
                v = json.loads(l, parse_float=D)
                rows.append(tuple(norm(x, k) for x, (_, k) in zip(v.values(), cols)))
            else:
                we = we or l
        what = None
        if we and pe: stats['both error'] += 1
        elif we:
            stats['weir error'] += 1
            what = we
        elif pe:
            stats['pg error'] += 1
            kinds['PG ' + re.sub(r'\d+', 'N', pe)] = kinds.get('PG ' + re.sub(r'\d+', 'N', pe), 0) + 1
        else:
            if not ordered:
                rows.sort(key=key)
                pg.sort(key=key)
            if same(rows, pg): stats['same'] += 1
            else:
                stats['differ'] += 1
                what = 'DIFFER\n  weir %s\n  pg   %s' % ([r for r in rows if r not in pg][:4] or rows[:6], [r for r in pg if r not in rows][:4] or pg[:6])
        if what:
            kk = re.sub(r"'[^']*'", 'X', what.splitlines()[0])
            kinds[kk] = kinds.get(kk, 0) + 1
            if kinds[kk] <= 2 or what.startswith('DIFFER'):
                shown += 1
                if shown <= o.show: print('--', i, what, '\n', q, '\n')
    conn.execute('DROP SCHEMA weir_oracle CASCADE')
    print('seed %d: %s' % (o.seed, ', '.join('%s %d' % x for x in stats.items())))
    for k, v in sorted(kinds.items(), key=lambda x: -x[1]):
        print(v, k)
    wrong = stats['differ'] + stats['weir error'] + stats['lost']
    sys.exit(1 if wrong or stats['pg error'] > o.queries // 50 or err else 0)


if __name__ == '__main__':
    main()
