"""Between weir and the S3 server: hands requests on as they are (signatures hold), but for faults.

    s3_faults.py PORT TARGET FAULTS [PARAMETER]     prints "ready PORT"; PORT 0: any

    lossy SEED     one in eight is refused with 503, one in eight is done but its reply is lost
    region NAME    301: the bucket lies in another region
    denied         403 AccessDenied
    skew SECONDS   a clock that is off: refuses other times than its own, and answers an empty list to its own
    expired KEY    ExpiredToken for that access key; others are handed on
    minio          lists uploads as MinIO does: of one key only, whatever the prefix
    tls FILE       over TLS, with certificate and key from the file
    complete SECONDS FILE    completes an upload so much later, as large ones are; without FILE, at once
    console        no S3: a page in HTML for whatever is asked
    metadata KEY SECRET SECONDS    no S3: a machine's metadata service (IMDSv2) whose keys live so long
"""
import datetime
import email.utils
import html
import http.client
import http.server
import json
import os
import random
import re
import ssl
import sys
import time
import urllib.parse

target, fault, parameters = sys.argv[2], sys.argv[3], sys.argv[4:]
dice = random.Random(int(parameters[0]) if fault == "lossy" else 0)


def error(code, more=""):
    return ("<?xml version='1.0'?><Error><Code>%s</Code><Message>as told</Message>%s</Error>" % (code, more)).encode()


def of_key(upload, key):
    said = html.unescape(re.search(b"<Key>(.*?)</Key>", upload)[1].decode())
    return key in (said, urllib.parse.unquote_plus(said))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def date_time_string(self, timestamp=None):
        off = float(parameters[0]) if fault == "skew" else 0
        return email.utils.formatdate(time.time() + off, usegmt=True)

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hand_on(self, body, lose):
        host, port = target.split(":")
        c = http.client.HTTPConnection(host, int(port), timeout=20)
        c.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            c.putheader(name, value)
        c.endheaders(body)
        r = c.getresponse()
        data = r.read()
        c.close()
        if fault == "minio" and "?uploads" in self.path.replace("&", "?"):
            prefix = urllib.parse.parse_qs(self.path.partition("?")[2]).get("prefix", [""])[0]
            data = re.sub(b"<Upload>.*?</Upload>", lambda m: m[0] if of_key(m[0], prefix) else b"", data, flags=re.S)
        if lose:
            self.close_connection = True
            return
        self.send_response_only(r.status)
        for name, value in r.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        length = r.getheader("Content-Length") if self.command == "HEAD" else len(data)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def metadata(self):
        if self.path == "/latest/api/token" and self.command == "PUT":
            return self.answer(200, b"token-of-mine")
        if self.headers.get("X-aws-ec2-metadata-token") != "token-of-mine":
            return self.answer(401, b"")
        if self.path.endswith("/security-credentials/"):
            return self.answer(200, b"role\n")
        end = datetime.datetime.fromtimestamp(time.time() + float(parameters[2]), datetime.timezone.utc)
        print("keys", flush=True)
        self.answer(200, json.dumps({"Code": "Success", "AccessKeyId": parameters[0], "SecretAccessKey": parameters[1],
                                     "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ")}).encode())

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fault == "metadata":
            return self.metadata()
        if fault == "region":
            return self.answer(301, error("PermanentRedirect"), [("x-amz-bucket-region", parameters[0])])
        if fault == "denied":
            return self.answer(403, error("AccessDenied"))
        if fault == "console":
            return self.answer(200, b"<!DOCTYPE html><html><title>Console</title></html>", [("Content-Type", "text/html")])
        if fault == "expired" and parameters[0] + "/" in self.headers.get("Authorization", ""):
            return self.answer(400, error("ExpiredToken"))
        if fault == "skew":
            at = datetime.datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
            if abs(at.timestamp() - time.time() - float(parameters[0])) > 900:
                return self.answer(403, error("RequestTimeTooSkewed"))
            return self.answer(200, b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
        if fault == "complete" and self.command == "POST" and "uploadId=" in self.path and os.path.exists(parameters[1]):
            print("complete", flush=True)
            time.sleep(float(parameters[0]))
        roll = dice.random() if fault == "lossy" else 1
        if roll < 0.125:
            return self.answer(503, error("SlowDown"))
        self.hand_on(body, roll < 0.25)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.daemon_threads = True
if fault == "tls":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(parameters[0])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print("ready %d" % server.server_port, flush=True)
server.serve_forever()
