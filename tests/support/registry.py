"""A schema registry for tests: Confluent's HTTP API as far as clients use it, in one process, on loopback.

    registry.py PORT FILE [--tls CERT KEY [CLIENT_CA]] [--basic USER:PASSWORD] [--bearer TOKEN]

FILE keeps the schemas, so that a registry that was stopped goes on. It prints "ready PORT" when it listens (PORT 0:
any). Error codes are Confluent's: 40401 subject, 40402 version, 40403 schema, 409 incompatible, 42201 invalid.
A subject's compatibility is BACKWARD by default: a field that is new needs a default, a field's type may only widen.
"""
import argparse
import base64
import errno
import http.server
import json
import os
import random
import re
import ssl
import sys
import threading
import time
import urllib.parse

WIDER = {"int": {"int", "long", "float", "double"}, "long": {"long", "float", "double"}, "float": {"float", "double"},
         "string": {"string", "bytes"}, "bytes": {"string", "bytes"}}


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


def can_read(new, old):
    if isinstance(old, list):
        return all(can_read(new, o) for o in old)
    if isinstance(new, list):
        return any(can_read(n, old) for n in new)
    a = new["type"] if isinstance(new, dict) else new
    b = old["type"] if isinstance(old, dict) else old
    if a == b == "record":
        fields = {f["name"]: f for f in old["fields"]}
        return all(can_read(f["type"], fields[f["name"]]["type"]) if f["name"] in fields else "default" in f
                   for f in new["fields"])
    if a == b == "array":
        return can_read(new["items"], old["items"])
    if a == b == "map":
        return can_read(new["values"], old["values"])
    return a == b or (isinstance(b, str) and a in WIDER.get(b, ()))


def check_schema(schema):
    kind = schema["type"] if isinstance(schema, dict) else schema
    if isinstance(schema, list):
        return [check_schema(s) for s in schema]
    if kind == "record":
        return [check_schema(f["type"]) for f in schema["fields"]] + [schema["name"]]
    if isinstance(kind, (dict, list)):
        return check_schema(kind)
    if not isinstance(kind, str):
        raise ValueError("no type")


class Store:
    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()
        self.data = {"schemas": {}, "subjects": {}, "compatibility": {}}
        if os.path.exists(path):
            with open(path) as f:
                self.data = json.load(f)

    def save(self):
        with open(self.path + ".new", "w") as f:
            json.dump(self.data, f)
        os.replace(self.path + ".new", self.path)

    def parse(self, body):
        entry = {"schema": body.get("schema"), "schemaType": body.get("schemaType", "AVRO"),
                 "references": body.get("references", [])}
        if entry["schemaType"] == "AVRO":
            try:
                entry["canonical"] = json.dumps(json.loads(entry["schema"]), sort_keys=True)
                check_schema(json.loads(entry["schema"]))
            except (ValueError, TypeError, KeyError):
                raise Refused(422, 42201, "Invalid schema") from None
        return entry

    def find(self, subject, entry):
        for version, sid in enumerate(self.data["subjects"].get(subject, []), 1):
            have = self.data["schemas"][str(sid)]
            if all(have.get(k) == entry.get(k) for k in ("canonical", "schemaType", "references")):
                return version, sid
        return None

    def register(self, subject, body):
        entry = self.parse(body)
        found = self.find(subject, entry)
        if found:
            return {"id": found[1]}
        versions = self.data["subjects"].get(subject, [])
        if versions and entry["schemaType"] == "AVRO" and self.data["compatibility"].get(subject) != "NONE":
            old = self.data["schemas"][str(versions[-1])]
            if not can_read(json.loads(entry["schema"]), json.loads(old["schema"])):
                raise Refused(409, 409, "Schema being registered is incompatible with an earlier schema")
        sid = next((int(k) for k, v in self.data["schemas"].items() if v == entry), len(self.data["schemas"]) + 1)
        self.data["schemas"][str(sid)] = entry
        self.data["subjects"].setdefault(subject, []).append(sid)
        self.save()
        return {"id": sid}

    def shown(self, sid):
        entry = self.data["schemas"].get(str(sid))
        if not entry:
            raise Refused(404, 40403, "Schema %s not found" % sid)
        out = {"schema": entry["schema"]}
        if entry["schemaType"] != "AVRO":
            out["schemaType"] = entry["schemaType"]
        if entry["references"]:
            out["references"] = entry["references"]
        return out

    def version(self, subject, version):
        versions = self.data["subjects"].get(subject)
        if not versions:
            raise Refused(404, 40401, "Subject '%s' not found." % subject)
        at = len(versions) if version == "latest" else int(version)
        if not 1 <= at <= len(versions):
            raise Refused(404, 40402, "Version %s not found." % version)
        sid = versions[at - 1]
        return {"subject": subject, "version": at, "id": sid, **self.shown(sid)}

    def look_up(self, subject, body):
        if subject not in self.data["subjects"]:
            raise Refused(404, 40401, "Subject '%s' not found." % subject)
        found = self.find(subject, self.parse(body))
        if not found:
            raise Refused(404, 40403, "Schema not found")
        return {"subject": subject, "version": found[0], "id": found[1], "schema": body["schema"]}


def handler(store, args):
    wanted = []
    if args.basic:
        wanted.append("Basic " + base64.b64encode(args.basic.encode()).decode())
    if args.bearer:
        wanted.append("Bearer " + args.bearer)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def route(self, method, body):
            path = urllib.parse.urlsplit(self.path).path
            m = re.fullmatch(r"/schemas/ids/(\d+)", path)
            if m and method == "GET":
                return store.shown(m[1])
            if path == "/subjects" and method == "GET":
                return sorted(store.data["subjects"])
            m = re.fullmatch(r"/(subjects|config)/([^/]+)(/versions(?:/(\d+|latest))?)?", path)
            subject = urllib.parse.unquote(m[2]) if m else None
            if m and m[1] == "config" and method == "PUT":
                store.data["compatibility"][subject] = body["compatibility"]
                store.save()
                return body
            if m and m[1] == "subjects":
                if method == "POST" and not m[3]:
                    return store.look_up(subject, body)
                if method == "POST" and not m[4]:
                    return store.register(subject, body)
                if method == "GET" and m[4]:
                    return store.version(subject, m[4])
                if method == "GET" and m[3]:
                    store.version(subject, "latest")
                    return list(range(1, len(store.data["subjects"][subject]) + 1))
            raise Refused(404, 404, "HTTP 404 Not Found")

        def serve(self):
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            if wanted and self.headers.get("Authorization") not in wanted:
                self.answer(401, {"error_code": 401, "message": "Unauthorized"})
                return
            try:
                with store.lock:
                    value = self.route(self.command, json.loads(raw) if raw else {})
                self.answer(200, value)
            except Refused as e:
                self.answer(e.status, {"error_code": e.code, "message": str(e)})

        do_GET = do_POST = do_PUT = serve

        def log_message(self, *_):
            pass

    return Handler


def listen(port, what):
    """A port that is asked for again must be free then: 0 is one below those that connections take by themselves."""
    for _ in range(200):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", port or random.randrange(20000, 32000)), what)
        except OSError as e:
            if e.errno != errno.EADDRINUSE:
                raise
            time.sleep(0.05)
    raise SystemExit("no port is free")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("port", type=int)
    p.add_argument("file")
    p.add_argument("--tls", nargs="+")
    p.add_argument("--basic")
    p.add_argument("--bearer")
    args = p.parse_args()
    server = listen(args.port, handler(Store(args.file), args))
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.tls[0], args.tls[1])
        if len(args.tls) > 2:
            context.load_verify_locations(args.tls[2])
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
