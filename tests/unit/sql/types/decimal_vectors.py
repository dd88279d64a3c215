#!/usr/bin/python3
"""Writes decimal_vectors.txt: random decimal operations and their results by Python's decimal module.

    /usr/bin/python3 tests/unit/sql/types/decimal_vectors.py >tests/unit/sql/types/decimal_vectors.txt

A line is: op a a_scale b b_scale precision scale result; a, b and result are unscaled integers, "-" is a result
that does not fit. The precision and scale are those of Flink's rules, or smaller at random.
"""

import decimal
import random

decimal.getcontext().prec = 200
decimal.getcontext().rounding = decimal.ROUND_HALF_UP
COUNT = 2000
random.seed(20240331)


def result_type(op, p1, s1, p2, s2):
    if op in "+-":
        s = max(s1, s2)
        p = max(p1 - s1, p2 - s2) + s + 1
    elif op == "*":
        s = s1 + s2
        p = p1 + p2 + 1
    elif op == "/":
        s = max(6, s1 + p2 + 1)
        p = p1 - s1 + s2 + s
    else:
        s = max(s1, s2)
        p = max(1, min(p1 - s1, p2 - s2) + s)
    if p > 38:
        s = max(38 - (p - s), min(s, 6))
        p = 38
    return p, s


def unscaled(p):
    """A number of at most p digits; all lengths and the borders are likely."""
    kind = random.random()
    if kind < 0.05:
        v = 10**p - 1
    elif kind < 0.1:
        v = 10 ** random.randrange(p)
    elif kind < 0.15:
        v = 5 * 10 ** random.randrange(p)
    else:
        v = random.randrange(10 ** random.randint(1, p))
    v = min(v, 10**p - 1)
    return -v if random.random() < 0.5 else v


def compute(op, a, b):
    if op == "+":
        return a + b
    if op == "-":
        return a - b
    if op == "*":
        return a * b
    if op == "/":
        return a / b
    return a % b  # the sign of the dividend, as in SQL


for _ in range(COUNT):
    op = random.choice("+-*/%")
    p1 = random.randint(1, 38)
    p2 = random.randint(1, 38)
    s1 = random.randint(0, p1)
    s2 = random.randint(0, p2)
    a = unscaled(p1)
    b = unscaled(p2)
    if op in "/%" and b == 0:
        b = 1
    p, s = result_type(op, p1, s1, p2, s2)
    if random.random() < 0.2:
        p = random.randint(1, 38)
        s = random.randint(0, p)
    exact = compute(op, decimal.Decimal(a).scaleb(-s1), decimal.Decimal(b).scaleb(-s2))
    rounded = int(exact.scaleb(s).to_integral_value(decimal.ROUND_HALF_UP))
    text = "-" if abs(rounded) >= 10**p else str(rounded)
    print(op, a, s1, b, s2, p, s, text)
