"""A server that speaks Azure Key Vault's REST interface for secrets (7.4) as Microsoft describes it, with what stands
around it: the token endpoint of Entra ID, the metadata service of machines and the identity endpoint of App Service.

Azure's official Python client judges it (azure_client.py). What it does as the service does:

* a request without a token gets a challenge with the tenant and the resource;
* a version is found by its id; versions are listed without an order and without values, 25 on a page, and the address
  of the next page is a whole one;
* tags and attributes belong to a version, a change names some of them, and tags are changed as a whole; 15 tags with
  256 characters each, and values of 25 600 bytes, are the most;
* times are whole seconds;
* names are the same in upper and lower case, and shown as they were first written;
* a deletion, a recovery and a removal take a while (`delay`, in seconds), in which the secret is neither here nor there.

It listens on two ports, which it prints with the file of its certificate authority: TLS, for whatever host is asked
for, and a plain one, which is an HTTP proxy that leads Azure's hosts to the first one, and the metadata service. So
clients use the real names of hosts, and check certificates and challenges as they do in earnest.

`POST /control` on the plain port changes how it behaves; `GET /control` tells what was asked. It ends with its standard
input.
"""

import base64, datetime, json, os, re, secrets, select, socket, ssl, sys, tempfile, threading, time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOCK = threading.RLock()
VAULT = "coffer-test.vault.azure.net"
HOSTS = ["*.vault.azure.net", "login.microsoftonline.com"]
TENANT, CLIENT = "00000000-fake-4000-8000-00000000000a", "00000000-fake-4000-8000-00000000000b"
SECRET, FEDERATED = "fake-client-secret", "fake-federated-token"
SECRETS, DELETED = {}, {}
STATE = {"delay": 0.0, "faults": [], "lose": 0, "tokens": 0, "purgeable": True, "tenant": TENANT, "certificate": None,
         "resource": "https://vault.azure.net", "next_host": None, "lifetime": 3600}
ASKED, VALID = [], set()


class Refused(Exception):
    def __init__(self, status, code, message, inner=None):
        self.status, self.code, self.message, self.inner = status, code, message, inner


def level():
    return "Recoverable+Purgeable" if STATE["purgeable"] else "Recoverable"


def missing(name):
    return Refused(404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault.")


def conflict(name, what, inner):
    return Refused(409, "Conflict", f"Secret {name} is currently {what}.", inner)


def settle(name):
    """Ends what was begun in the background, once its time has come."""
    entry = DELETED.get(name)
    if entry and time.time() >= entry["ready"]:
        if entry["state"] == "purging":
            del DELETED[name]
        elif entry["state"] == "recovering":
            SECRETS[name] = DELETED.pop(name)["versions"]
        else:
            entry["state"] = "deleted"


def spelled(name):
    """The name as it was first written."""
    return next((known for known in (*SECRETS, *DELETED) if known.lower() == name.lower()), name)


def newest(versions):
    return max(versions.values(), key=lambda version: version["order"])


def shown(name, version, with_id=True, with_value=False):
    path = f"secrets/{name}" + (f"/{version['id']}" if with_id else "")
    attributes = {key: version[key] for key in ("enabled", "exp", "nbf", "created", "updated") if key in version}
    out = {"id": f"https://{VAULT}/{path}", "attributes": {**attributes, "recoveryLevel": level(), "recoverableDays": 90}}
    for key in ("contentType", "tags"):
        if version.get(key):
            out[key] = version[key]
    if with_value:
        out["value"] = version["value"]
    return out


def bad(message):
    return Refused(400, "BadParameter", message)


def take(version, body):
    """Takes over the attributes, the type and the tags of a request."""
    attributes = body.get("attributes") or {}
    for key in ("enabled", "exp", "nbf"):
        if attributes.get(key) is not None:
            version[key] = attributes[key]
    if body.get("contentType") is not None:
        if len(body["contentType"]) > 255:
            raise bad("The content type is too long.")
        version["contentType"] = body["contentType"]
    if body.get("tags") is not None:
        tags = body["tags"]
        if len(tags) > 15 or any(len(k) > 256 or len(v) > 256 for k, v in tags.items()):
            raise bad("There are more than 15 tags, or one has more than 256 characters.")
        version["tags"] = tags
    version["updated"] = int(time.time())


def store(name, body):
    if not re.fullmatch(r"[0-9a-zA-Z-]{1,127}", name):
        raise bad("The request URI contains an invalid name: " + name)
    settle(name)
    entry = DELETED.get(name)
    if entry:
        what, inner = {"deleting": ("being deleted", "ObjectIsBeingDeleted"), "purging": ("being deleted", "ObjectIsBeingDeleted"),
                       "recovering": ("being recovered", "ObjectIsBeingRecovered"),
                       "deleted": ("in a deleted but recoverable state", "ObjectIsDeletedButRecoverable")}[entry["state"]]
        raise conflict(name, what, inner)
    value = body.get("value")
    if not isinstance(value, str):
        raise bad("The parameter value is missing.")
    if len(value.encode()) > 25600:
        raise bad("The value is too long: 25600 bytes are the most.")
    version = {"id": secrets.token_hex(16), "value": value, "enabled": True, "created": int(time.time())}
    take(version, body)
    store.order += 1
    version["order"] = store.order
    SECRETS.setdefault(name, {})[version["id"]] = version
    return shown(name, version, with_value=True)


store.order = 0


def find(name, version=""):
    settle(name)
    versions = SECRETS.get(name)
    if not versions:
        raise missing(name)
    found = newest(versions) if not version else versions.get(version)
    if not found:
        raise missing(f"{name}/{version}")
    return found


def read(name, version):
    found = find(name, version)
    if not found["enabled"]:
        raise Refused(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled")
    return shown(name, found, with_value=True)


def page(items, path, query):
    size = min(int(query.get("maxresults", ["25"])[0]), 25)
    start = int(query.get("$skiptoken", ["0"])[0])
    out = {"value": items[start:start + size], "nextLink": None}
    if start + size < len(items):
        # The host as the client called it, with its port.
        host = STATE["next_host"] or query["host"][0]
        more = urlencode({"api-version": query["api-version"][0], "$skiptoken": start + size, "maxresults": size})
        out["nextLink"] = f"https://{host}{path}?{more}"
    return out




def deleted_shown(name, entry):
    return {**shown(name, newest(entry["versions"])), "recoveryId": f"https://{VAULT}/deletedsecrets/{name}",
            "deletedDate": entry["at"], "scheduledPurgeDate": entry["at"] + 90 * 86400}


def find_deleted(name):
    settle(name)
    entry = DELETED.get(name)
    if not entry or entry["state"] in ("deleting", "recovering"):
        raise missing(name)
    return entry


def begin(name, entry, state):
    entry["state"], entry["ready"] = state, time.time() + STATE["delay"]
    settle(name)


def serve(method, path, query, body):
    if query.get("api-version", [""])[0] not in ("7.4", "7.5", "7.6", "2025-07-01", "2026-04-01"):
        raise bad("The specified version is not supported.")
    parts = path.strip("/").split("/")
    if len(parts) > 1:
        parts[1] = spelled(parts[1])
    if parts[0] == "secrets" and len(parts) == 1 and method == "GET":
        for name in list(DELETED):
            settle(name)
        return page([shown(n, newest(v), with_id=False) for n, v in sorted(SECRETS.items())], path, query)
    if parts[0] == "secrets" and len(parts) == 2:
        name = parts[1]
        if method == "PUT":
            return store(name, body)
        if method == "GET":
            return read(name, "")
        if method == "DELETE":
            settle(name)
            if name in DELETED:
                raise conflict(name, "being deleted", "ObjectIsBeingDeleted") if DELETED[name]["state"] != "deleted" else missing(name)
            find(name)
            DELETED[name] = {"versions": SECRETS.pop(name), "at": int(time.time()), "state": "", "ready": 0}
            shown_then = deleted_shown(name, DELETED[name])
            begin(name, DELETED[name], "deleting")
            return shown_then
    if parts[0] == "secrets" and len(parts) == 3:
        name, version = parts[1], parts[2]
        if version == "versions" and method == "GET":
            settle(name)
            # By the ids, which are random: the service promises no order.
            items = [shown(name, v) for _, v in sorted(SECRETS.get(name, {}).items())]
            return page(items, path, query)
        if method == "GET":
            return read(name, version)
        if method == "PATCH":
            found = find(name, version)
            take(found, body)
            return shown(name, found)
    if parts[0] == "deletedsecrets" and len(parts) == 1 and method == "GET":
        for name in list(DELETED):
            settle(name)
        return page([deleted_shown(n, e) for n, e in sorted(DELETED.items()) if e["state"] == "deleted"], path, query)
    if parts[0] == "deletedsecrets" and len(parts) >= 2:
        name = parts[1]
        settle(name)
        entry = DELETED.get(name)
        if method == "POST" and parts[2:] == ["recover"]:
            if entry and entry["state"] == "deleting":
                raise conflict(name, "being deleted", "ObjectIsBeingDeleted")
            entry = find_deleted(name)
            out = shown(name, newest(entry["versions"]))
            begin(name, entry, "recovering")
            return out
        if method == "DELETE" and len(parts) == 2:
            if entry and entry["state"] == "deleting":
                raise conflict(name, "being deleted", "ObjectIsBeingDeleted")
            entry = find_deleted(name)
            if not STATE["purgeable"]:
                raise Refused(403, "Forbidden", "Operation \"purge\" is not allowed because purge protection is enabled for this vault.",
                              "ForbiddenByPolicy")
            begin(name, entry, "purging")
            return None
        if method == "GET" and len(parts) == 2:
            entry = find_deleted(name)
            return deleted_shown(name, entry)
    raise Refused(404, "NotFound", f"There is no {method} {path}.")


def issue():
    token = "fake-token-" + secrets.token_hex(16)
    VALID.add(token)
    STATE["tokens"] += 1
    return token


def entra(method, path, query, body):
    """The token endpoint, and what clients look up before they use it."""
    tenant = path.strip("/").split("/")[0]
    base = f"https://login.microsoftonline.com/{tenant}"
    if path.endswith("/discovery/instance"):
        return 200, {"tenant_discovery_endpoint": f"https://login.microsoftonline.com/{STATE['tenant']}/v2.0/.well-known/openid-configuration",
                     "metadata": [{"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net",
                                   "aliases": ["login.microsoftonline.com"]}]}
    if path.endswith("/openid-configuration"):
        return 200, {"authorization_endpoint": f"{base}/oauth2/v2.0/authorize", "token_endpoint": f"{base}/oauth2/v2.0/token",
                     "issuer": f"{base}/v2.0"}
    if not path.endswith("/oauth2/v2.0/token") or method != "POST":
        return 404, {"error": "not_found"}
    form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
    ASKED.append({"token": tenant, "by": sorted(form)})
    refused = None
    if tenant != STATE["tenant"]:
        refused = "AADSTS90002: Tenant not found."
    elif form.get("client_id") != CLIENT or form.get("grant_type") != "client_credentials":
        refused = "AADSTS700016: Application not found in the directory."
    elif form.get("scope") != STATE["resource"] + "/.default":
        refused = "AADSTS500011: The resource principal was not found."
    elif "client_secret" in form:
        if form["client_secret"] != SECRET:
            refused = "AADSTS7000215: Invalid client secret provided."
    elif form.get("client_assertion") != FEDERATED:
        refused = assertion(form.get("client_assertion", ""), f"{base}/oauth2/v2.0/token")
    if refused:
        return 401, {"error": "invalid_client", "error_description": refused + "\r\nTrace ID: fake"}
    return 200, {"token_type": "Bearer", "expires_in": STATE["lifetime"], "ext_expires_in": STATE["lifetime"], "access_token": issue()}


def assertion(text, url):
    """What is wrong with an assertion that was signed with a certificate's key; None where nothing is."""
    try:
        certificate = x509.load_pem_x509_certificate(STATE["certificate"].encode())
        thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
        header = jwt.get_unverified_header(text)
        claims = jwt.decode(text, certificate.public_key(), algorithms=["PS256"], options={"verify_aud": False})
        port = re.sub(r":\d+", "", claims["aud"])
        good = header["x5t#S256"] == thumbprint and port == url and claims["iss"] == claims["sub"] == CLIENT and claims["jti"]
        return None if good else "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered."
    except Exception as error:
        return f"AADSTS50027: JWT token is invalid or malformed: {type(error).__name__}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        query = parse_qs(url.query, keep_blank_values=True)
        host = self.headers.get("Host", "").split(":")[0]
        if host.startswith("login."):
            with LOCK:
                status, out = entra(self.command, url.path, query, body)
            return self.answer(status, out)
        with LOCK:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            ASKED.append({"method": self.command, "path": url.path, "token": bool(token), "body": len(body)})
            if token and STATE["faults"]:
                status = STATE["faults"].pop(0)
                return self.answer(status, {"error": {"code": "Fault", "message": "as the test asked"}},
                                   {"Retry-After": "1"} if status == 429 else {})
            if token not in VALID:
                challenge = f'Bearer authorization="https://login.microsoftonline.com/{STATE["tenant"]}", resource="{STATE["resource"]}"'
                return self.answer(401, {"error": {"code": "Unauthorized", "message": "AKV10000: Request is missing a Bearer or PoP token."}},
                                   {"WWW-Authenticate": challenge})
            try:
                query["host"] = [self.headers["Host"]]
                out = serve(self.command, url.path, query, json.loads(body or b"{}"))
                status = 200 if out is not None else 204
            except Refused as refused:
                status = refused.status
                out = {"error": {"code": refused.code, "message": refused.message}}
                if refused.inner:
                    out["error"]["innererror"] = {"code": refused.inner}
            if STATE["lose"] and self.command == "PUT":
                STATE["lose"] -= 1
                self.close_connection = True
                return self.connection.close()
        self.answer(status, out)

    do_GET = do_PUT = do_PATCH = do_POST = do_DELETE = handle_one

    def answer(self, status, out, headers={}):
        data = b"" if out is None else json.dumps(out).encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(usegmt=True))
        for name, value in {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Plain(Handler):
    """The proxy, the metadata service, the identity endpoint, and what tests ask."""

    def do_CONNECT(self):
        host, port = self.path.rsplit(":", 1)
        is_played = host.endswith((".vault.azure.net", ".microsoftonline.com"))
        there = socket.create_connection(("127.0.0.1", PORT) if is_played else (host, int(port)))
        self.send_response_only(200)
        self.end_headers()
        here, self.close_connection = self.connection, True
        while True:
            ready, _, _ = select.select([here, there], [], [], 60)
            for one in ready:
                data = one.recv(65536)
                if not data:
                    there.close()
                    return
                (there if one is here else here).sendall(data)
            if not ready:
                return there.close()

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        with LOCK:
            if url.path == "/control":
                if self.command == "POST":
                    change = json.loads(body)
                    if change.pop("forget_tokens", False):
                        VALID.clear()
                    VALID.update(change.pop("add_tokens", []))
                    for seed in change.pop("seeds", []):
                        seeded = store(seed["name"], seed["body"])
                        version = SECRETS[seed["name"]][seeded["id"].rsplit("/", 1)[1]]
                        version["created"] = int(time.time()) - seed.get("age", 0)
                    STATE.update(change)
                return self.answer(200, {**STATE, "asked": ASKED, "secrets": {n: [shown(n, v) for v in vs.values()] for n, vs in SECRETS.items()}})
            if url.path == "/job-token":
                if self.headers.get("Authorization") != "Bearer fake-request-token" or query["audience"] != ["api://AzureADTokenExchange"]:
                    return self.answer(401, {})
                return self.answer(200, {"value": FEDERATED})
            machine = url.path == "/metadata/identity/oauth2/token" and query["api-version"] == ["2018-02-01"]
            service = url.path == "/identity" and query["api-version"] == ["2019-08-01"]
            if not (machine or service):
                return self.answer(404, {"error": "not_found"})
            if machine and self.headers.get("Metadata") != "true":
                return self.answer(400, {"error": "invalid_request", "error_description": "Required metadata header not specified"})
            if service and self.headers.get("X-IDENTITY-HEADER") != "fake-identity-header":
                return self.answer(401, {"statusCode": 401, "message": "the header is missing"})
            if query.get("client_id", [CLIENT]) != [CLIENT] or query["resource"] != [STATE["resource"]]:
                return self.answer(400, {"error": "invalid_request", "error_description": "Identity not found"})
            ASKED.append({"token": "machine" if machine else "service"})
            return self.answer(200, {"access_token": issue(), "expires_on": str(int(time.time()) + 3600), "resource": query["resource"][0],
                                     "token_type": "Bearer"})

    do_GET = do_POST = handle_one


def certificates(folder):
    """A certificate authority of this run, and the files of a certificate for all hosts that it plays."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def make(name, key, issuer, issuer_key, extensions):
        builder = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
                   .not_valid_after(now + datetime.timedelta(days=2))
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(issuer_key, hashes.SHA256())

    usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                           "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = make(name("fake authority"), authority_key, name("fake authority"), authority_key, [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (x509.KeyUsage(**{**usage, "key_cert_sign": True, "crl_sign": True}), True)])
    names = [x509.DNSName(host) for host in HOSTS]
    own = make(name(VAULT), key, authority.subject, authority_key, [
        (x509.SubjectAlternativeName(names), False), (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(**{**usage, "digital_signature": True}), True),
        (x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), False)])
    pem = serialization.Encoding.PEM
    authority_file, own_file = os.path.join(folder, "authority.pem"), os.path.join(folder, "server.pem")
    with open(authority_file, "wb") as file:
        file.write(authority.public_bytes(pem))
    with open(own_file, "wb") as file:
        file.write(own.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return authority_file, own_file


class Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128

    def handle_error(self, *_):
        """A client that goes away is none of the tests' concern."""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        authority, own = certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own)
        server, plain = Server(("127.0.0.1", 0), Handler), Server(("127.0.0.1", 0), Plain)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        PORT = server.server_port
        for one in (server, plain):
            threading.Thread(target=one.serve_forever, daemon=True).start()
        print(json.dumps({"tls": PORT, "plain": plain.server_port, "authority": authority}), flush=True)
        sys.stdin.read()
