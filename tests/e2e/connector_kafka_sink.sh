#!/bin/sh
# The Kafka sink against a real broker: transactions and their marker, fencing, refused rows, keys, metadata.
set -eu
sh tests/support/connectors/build.sh kafka_sink_live
