/*
 * engine/front/serve_place.h: where a served engine is found: its socket's folder, its password, the one served last.
 */
#ifndef WEIR_ENGINE_FRONT_SERVE_PLACE_H
#define WEIR_ENGINE_FRONT_SERVE_PLACE_H

#include "engine/front/scram.h"

/* The folder of the socket of the engine that is kept in a state file: FILE.db-sock, or one with a short name where
 * that is too long for a socket. Absolute. */
bool serve_place_socket(const char *state, StrBuf *dir, Err *err);
/* The path from the root. */
bool serve_place_absolute(const char *path, StrBuf *out, Err *err);
/* Remembers the folder as the one that `weir connect` without an address goes to; errors are not important. */
void serve_place_remember(const char *dir);
bool serve_place_last(StrBuf *dir); /* false: none is known */

/* The verifier of the password: from the file named by WEIR_PASSWORD_FILE; else kept beside the state file. At the
 * first start a password is made: it is in `made` then, for once. */
bool serve_place_password(const char *state, ScramVerifier *out, StrBuf *made, Err *err);

#endif
