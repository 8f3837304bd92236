"""A server that speaks Secret Manager's REST interface (version 1) as its reference describes it.

It keeps what other emulators leave out: checksums, etags, aliases, filters, pages and the rules of states. The value
lives in memory alone. It prints its port, and ends with its standard input. `POST /fault` with a list of statuses
makes it answer the next requests with them; `DELETE /answer` makes it do the next request and then cut the line.
"""

import base64, json, re, sys, threading, time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LOCK = threading.RLock()
SECRETS, FAULTS, CUTS, SEEN = {}, [], [], []
TOKEN = "Bearer fake-google-token"


class Refused(Exception):
    def __init__(self, code, status, message):
        self.code, self.status, self.message = code, status, message


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def etag():
    etag.count += 1
    return f'"{etag.count:016x}"'


etag.count = 0


def invalid(message):
    return Refused(400, "INVALID_ARGUMENT", message)


def shown(secret):
    out = {key: value for key, value in secret.items() if key != "versions" and value not in ({}, None)}
    out.pop("ttl", None)
    return out


def version_shown(version):
    return {key: value for key, value in version.items() if key != "data"}


def page(items, query):
    size = int(query.get("pageSize", ["25"])[0])
    start = int(query.get("pageToken", ["0"])[0] or 0)
    more = start + size < len(items)
    return items[start:start + size], (str(start + size) if more else "")


def check(fields):
    for key, value in fields.get("labels", {}).items():
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key) or not re.fullmatch(r"[a-z0-9_-]{0,63}", value):
            raise invalid("a label is invalid")
    for key in fields.get("annotations", {}):
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", key):
            raise invalid("an annotation key is invalid")
    if sum(len(k) + len(v) for k, v in fields.get("annotations", {}).items()) > 16384:
        raise invalid("annotations are larger than 16 KiB")
    for alias in fields.get("versionAliases", {}):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,62}", alias) or alias.lower() in ("latest", "new"):
            raise invalid("an alias is invalid")


def find(name):
    if name not in SECRETS:
        raise Refused(404, "NOT_FOUND", f"Secret [{name}] not found.")
    return SECRETS[name]


def find_version(name, which):
    secret = find(name)
    versions = secret["versions"]
    if which == "latest":
        number = len(versions)
    elif which.isdigit():
        number = int(which)
    else:
        number = int(secret["versionAliases"].get(which, 0))
    if not 1 <= number <= len(versions):
        raise Refused(404, "NOT_FOUND", f"Secret Version [{name}/versions/{which}] not found.")
    return versions[number - 1]


def same_etag(have, want):
    if want and have["etag"] != want:
        raise Refused(400, "FAILED_PRECONDITION", "The etag provided does not match the current one.")


def add(name, body):
    secret, payload = find(name), body["payload"]
    data = base64.b64decode(payload["data"])
    if len(data) > 65536:
        raise invalid("the payload is larger than 65536 bytes")
    sent = payload.get("dataCrc32c")
    if sent is not None and int(sent) != crc32c(data):
        raise invalid("the checksum does not match")
    version = {"name": f"{name}/versions/{len(secret['versions']) + 1}", "createTime": now(), "state": "ENABLED",
               "etag": etag(), "clientSpecifiedPayloadChecksum": sent is not None, "data": data}
    secret["versions"].append(version)
    return version_shown(version)


def change(version, what, body):
    same_etag(version, body.get("etag"))
    if version["state"] == "DESTROYED":
        if what == "destroy":
            return version_shown(version)
        raise Refused(400, "FAILED_PRECONDITION", "The version is in DESTROYED state.")
    version["state"] = {"enable": "ENABLED", "disable": "DISABLED", "destroy": "DESTROYED"}[what]
    version["etag"] = etag()
    if what == "destroy":
        version["destroyTime"], version["data"] = now(), b""
    return version_shown(version)


def serve(method, path, query, body):
    found = re.fullmatch(r"/v1/(projects/[^/]+(?:/locations/[^/]+)?)/secrets", path)
    if found:
        parent = found[1] + "/secrets/"
        if method == "POST":
            name = parent + query["secretId"][0]
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", query["secretId"][0]):
                raise invalid("the secret id is invalid")
            if "/locations/" not in parent and "replication" not in body:
                raise invalid("replication is missing")
            check(body)
            if name in SECRETS:
                raise Refused(409, "ALREADY_EXISTS", f"Secret [{name}] already exists.")
            SECRETS[name] = {"labels": {}, "annotations": {}, "versionAliases": {}, **body, "name": name,
                             "createTime": now(), "etag": etag(), "versions": []}
            return shown(SECRETS[name])
        wanted = query.get("filter", ["name:"])[0].removeprefix("name:")
        listed = [shown(s) for n, s in sorted(SECRETS.items())
                  if n.startswith(parent) and wanted in n.removeprefix(parent)]
        part, token = page(listed, query)
        return {"secrets": part, "nextPageToken": token, "totalSize": len(listed)}
    found = re.fullmatch(r"/v1/(projects/.+/secrets/[^/:]+)(?:/versions/([^/:]+))?(/versions)?(?::([a-zA-Z]+))?", path)
    if not found:
        raise Refused(404, "NOT_FOUND", "no such method")
    name, which, versions, verb = found.groups()
    if verb == "addVersion":
        return add(name, body)
    if verb == "access":
        version = find_version(name, which)
        if version["state"] != "ENABLED":
            raise Refused(400, "FAILED_PRECONDITION", f"The version is in {version['state']} state.")
        data = version["data"]
        wrong = 1 if data == b"fake-damaged-on-the-way" else 0
        return {"name": version["name"],
                "payload": {"data": base64.b64encode(data).decode(), "dataCrc32c": str(crc32c(data) ^ wrong)}}
    if verb:
        return change(find_version(name, which), verb, body)
    if which:
        return version_shown(find_version(name, which))
    if versions:
        part, token = page([version_shown(v) for v in reversed(find(name)["versions"])], query)
        return {"versions": part, "nextPageToken": token}
    secret = find(name)
    if method == "PATCH":
        same_etag(secret, body.get("etag"))
        mask = query["updateMask"][0].split(",")
        check({field: body.get(field) or {} for field in mask if field != "expireTime"})
        for alias, number in (body.get("versionAliases") or {}).items():
            find_version(name, number)
        for field in mask:
            secret[field] = body.get(field) if field == "expireTime" else body.get(field) or {}
        secret["etag"] = etag()
    elif method == "DELETE":
        same_etag(secret, query.get("etag", [""])[0])
        del SECRETS[name]
        return {}
    return shown(secret)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}") if self.headers.get(
            "Content-Type", "").startswith("application/json") else self.rfile.read(length).decode()
        url = urlsplit(self.path)
        with LOCK:
            if url.path == "/fault":
                FAULTS.extend(body)
                return self.answer(200, {})
            if url.path == "/answer":
                CUTS.append(1)
                return self.answer(200, {})
            if url.path == "/token":
                return self.answer(200, {"access_token": TOKEN.removeprefix("Bearer "), "expires_in": 3600}
                                   if "assertion=" in body or "refresh_token=fake-refresh" in body
                                   or "subject_token=fake-subject" in body else {})
            if FAULTS:
                status = FAULTS.pop(0)
                return self.answer(status, {"error": {"message": "as the test asked", "status": ""}})
            if self.headers.get("Authorization") != TOKEN:
                return self.answer(401, {"error": {"message": "no such token", "status": "UNAUTHENTICATED"}})
            try:
                status, out = 200, serve(self.command, url.path, parse_qs(url.query), body)
            except Refused as refused:
                status = refused.code
                out = {"error": {"code": refused.code, "message": refused.message, "status": refused.status}}
            if CUTS and self.command == "POST":
                CUTS.pop()
                self.close_connection = True
                return self.connection.close()
        self.answer(status, out)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one

    def answer(self, status, out):
        data = json.dumps(out).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
