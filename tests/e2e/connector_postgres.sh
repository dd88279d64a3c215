#!/bin/sh
# The PostgreSQL sink against a real server: kinds, types, markers, refused rows, lost connections, bounded waits.
set -eu
sh tests/support/connectors/build.sh postgres_live
