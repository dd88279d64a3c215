/*
 * tests/e2e/pgwire_binary.c: a client that takes binary results only: prints the bytes of each value in hexadecimal, as
 * pgwire_binary.sh compares them with a real PostgreSQL's.
 *
 *   pgwire_binary CONNINFO < statements, one per line
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

static void print_result(const PGresult *res)
{
	if (PQresultStatus(res) != PGRES_TUPLES_OK) {
		printf("%s\n", PQresultErrorField(res, PG_DIAG_SQLSTATE));
		return;
	}
	for (int row = 0; row < PQntuples(res); row++) {
		for (int col = 0; col < PQnfields(res); col++) {
			printf("%s%u:", col ? " " : "", PQftype(res, col));
			if (PQgetisnull(res, row, col))
				printf("null");
			for (int i = 0; i < PQgetlength(res, row, col); i++)
				printf("%02x", (unsigned char)PQgetvalue(res, row, col)[i]);
		}
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	PGconn *conn = PQconnectdb(argc > 1 ? argv[1] : "");
	if (PQstatus(conn) != CONNECTION_OK) {
		fprintf(stderr, "%s", PQerrorMessage(conn));
		return 1;
	}
	char line[4096];
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		/* A parameter in binary form: 258 as int4. */
		static const char number[] = {0, 0, 1, 2};
		const char *values[] = {number};
		const Oid types[] = {23};
		const int lengths[] = {4}, formats[] = {1};
		int nparams = strstr(line, "$1") != NULL;
		PGresult *res = PQexecParams(conn, line, nparams, types, values, lengths, formats, 1);
		print_result(res);
		PQclear(res);
	}
	PQfinish(conn);
	return 0;
}
