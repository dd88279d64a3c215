#!/bin/sh
# Random SELECTs mean what they mean in PostgreSQL (tests/oracle/postgres.py).
# services: postgres
set -eu
: "${WEIR:?}" "${WEIR_TEST_PG:?}"
seeds=1
[ -z "${WEIR_SOAK:-}" ] || seeds=$(seq 1 30)
for seed in $seeds; do
    /usr/bin/python3 tests/oracle/postgres.py --weir "$WEIR" --pg "$WEIR_TEST_PG" --seed "$seed" --show 3
done
