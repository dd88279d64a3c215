#!/bin/sh
# The Kafka source against a real broker: startup and bounded modes, transactions, data loss, new partitions, seeks, outages.
set -eu
sh tests/support/connectors/build.sh kafka_source_live
