"""Avro's binary form, written and read by code of its own, for tests: the plain specification, one value at a time.

    avro_reference.py encode REGISTRY SUBJECT SCHEMA_FILE    one JSON value a line of standard input, one hex text a line
    avro_reference.py decode REGISTRY                        the other way: hex texts of the wire form to JSON values

Bytes and fixed are latin-1 text in JSON; a union's value is {"branch index": value}, or null; encode registers the schema.
"""
import json
import struct
import sys
import urllib.request


def names_of(schema, names, space=""):
    if isinstance(schema, list):
        for s in schema:
            names_of(s, names, space)
    elif isinstance(schema, dict):
        kind = schema["type"]
        if kind in ("record", "enum", "fixed"):
            space = schema.get("namespace", space)
            names[schema["name"]] = schema
            names[(space + "." if space else "") + schema["name"]] = schema
            for f in schema.get("fields", []):
                names_of(f["type"], names, space)
        elif isinstance(kind, (dict, list)):
            names_of(kind, names, space)
        names_of(schema.get("items"), names, space)
        names_of(schema.get("values"), names, space)
    return names


def put_long(v):
    u, out = (v << 1) ^ (v >> 63), bytearray()
    while u > 0x7f:
        out.append(u & 0x7f | 0x80)
        u >>= 7
    out.append(u)
    return bytes(out)


def encode(schema, v, names):
    if isinstance(schema, list):
        if v is None:
            return put_long(schema.index("null"))
        (branch, inner), = v.items()
        return put_long(int(branch)) + encode(schema[int(branch)], inner, names)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if isinstance(kind, (dict, list)):
        return encode(kind, v, names)
    if kind == "null":
        return b""
    if kind == "boolean":
        return b"\1" if v else b"\0"
    if kind in ("int", "long"):
        return put_long(v)
    if kind in ("float", "double"):
        return struct.pack("<f" if kind == "float" else "<d", v)
    if kind == "string":
        return put_long(len(v.encode())) + v.encode()
    if kind == "bytes":
        return put_long(len(v)) + v.encode("latin-1")
    if kind == "fixed":
        return v.encode("latin-1")
    if kind == "enum":
        return put_long(schema["symbols"].index(v))
    if kind == "record":
        return b"".join(encode(f["type"], v[f["name"]], names) for f in schema["fields"])
    if kind == "array":
        items = b"".join(encode(schema["items"], x, names) for x in v)
        return (put_long(-len(v)) + put_long(len(items)) + items if v else b"") + b"\0"
    if kind == "map":
        items = b"".join(encode("string", k, names) + encode(schema["values"], x, names) for k, x in v.items())
        return (put_long(len(v)) + items if v else b"") + b"\0"
    return encode(names[kind], v, names)


class Reader:
    def __init__(self, data, names):
        self.data, self.at, self.names = data, 0, names

    def take(self, n):
        if n < 0 or self.at + n > len(self.data):
            raise ValueError("the bytes end too early")
        self.at += n
        return self.data[self.at - n:self.at]

    def long(self):
        u = shift = 0
        while True:
            b = self.take(1)[0]
            u |= (b & 0x7f) << shift
            shift += 7
            if b < 0x80:
                return (u >> 1) ^ -(u & 1)

    def blocks(self, one):
        while True:
            n = self.long()
            if n == 0:
                return
            if n < 0:
                n = -n
                self.long()
            for _ in range(n):
                yield one()

    def value(self, schema):
        if isinstance(schema, list):
            branch = self.long()
            inner = self.value(schema[branch])
            return None if schema[branch] == "null" else {str(branch): inner}
        kind = schema["type"] if isinstance(schema, dict) else schema
        if isinstance(kind, (dict, list)):
            return self.value(kind)
        if kind == "null":
            return None
        if kind == "boolean":
            return self.take(1) != b"\0"
        if kind in ("int", "long"):
            return self.long()
        if kind in ("float", "double"):
            return struct.unpack("<f" if kind == "float" else "<d", self.take(4 if kind == "float" else 8))[0]
        if kind == "string":
            return self.take(self.long()).decode()
        if kind == "bytes":
            return self.take(self.long()).decode("latin-1")
        if kind == "fixed":
            return self.take(schema["size"]).decode("latin-1")
        if kind == "enum":
            return schema["symbols"][self.long()]
        if kind == "record":
            return {f["name"]: self.value(f["type"]) for f in schema["fields"]}
        if kind == "array":
            return list(self.blocks(lambda: self.value(schema["items"])))
        if kind == "map":
            return dict(self.blocks(lambda: (self.value("string"), self.value(schema["values"]))))
        return self.value(self.names[kind])


def ask(url, body=None):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None,
                                     {"Content-Type": "application/vnd.schemaregistry.v1+json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def main(what, registry, subject=None, path=None):
    if what == "encode":
        with open(path) as f:
            text = f.read()
        sid = ask(registry + "/subjects/" + subject + "/versions", {"schema": text})["id"]
        schema = json.loads(text)
        for line in sys.stdin:
            print((b"\0" + struct.pack(">I", sid) + encode(schema, json.loads(line), names_of(schema, {}))).hex())
        return
    schemas = {}
    for line in sys.stdin:
        data = bytes.fromhex(line.strip())
        sid = struct.unpack(">I", data[1:5])[0]
        if sid not in schemas:
            schemas[sid] = json.loads(ask("%s/schemas/ids/%d" % (registry, sid))["schema"])
        reader = Reader(data[5:], names_of(schemas[sid], {}))
        value = reader.value(schemas[sid])
        assert data[0] == 0 and reader.at == len(reader.data), "bytes are left"
        print(json.dumps({"id": sid, "value": value}, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
