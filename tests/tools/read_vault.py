"""Reads a coffer vault without coffer: an independent check of docs/design/vault-format.md.

Usage: read_vault.py VAULT KEY_FILE    (COFFER_PASSPHRASE instead of KEY_FILE "-")
Prints what the vault holds as JSON. The vault must not be open in another program.
"""
import base64, hmac, json, os, sqlite3, struct, sys
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SLOT, ROOT, SCOPE_KEY, KEYRING, HEAD, META, DATA_KEY, VALUE, STATE, SESSION, ROW = range(1, 12)
GRANT, RECORD, LEASE, POLICY = range(12, 16)


def hkdf(material, salt, info, length=32):
    return HKDF(SHA256(), length, salt, info).derive(material)


def mac(key, *parts):
    data = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
    return hmac.digest(key, data, "sha256")


def term_of(record):
    return struct.unpack(">I", record[6:10])[0]


class Vault:
    def __init__(self, path, key_file, passphrase):
        self.db = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
        (self.id, root, state), = self.rows("SELECT id, root, state FROM vault")
        root_key = self.open_slots(key_file, passphrase)
        self.root = self.fields(self.open(root_key, ROOT, root))
        state = self.open(self.root[1][0], STATE, state)
        self.epoch, self.generation, self.audit_rows = struct.unpack(">QQQ", state[:24])
        self.audit_head, self.ratchet, self.digest = state[24:56], state[56:88], state[88:120]
        self.tally = bytes(32)

    def rows(self, sql, *arguments):
        return self.db.execute(sql, arguments).fetchall()

    def open(self, key, kind, record, scope=0, path=b"", number=0, term=0):
        header = b"CFR1" + bytes([kind, 1]) + struct.pack(">I", term)
        assert record[:10] == header, f"record of kind {kind}: wrong header"
        salt, commitment, sealed = record[10:42], record[42:74], record[74:]
        place = [b"coffer/vault/1", header, self.id, bytes([kind]), struct.pack(">Q", scope), path,
                 struct.pack(">Q", number), struct.pack(">I", term)]
        place = b"".join(struct.pack(">I", len(field)) + field for field in place)
        once = hkdf(key, salt, place, 76)
        if not hmac.compare_digest(once[44:], commitment):
            raise KeyError(f"record of kind {kind}: wrong key or place")
        plain = AESGCM(once[:32]).decrypt(once[32:44], sealed, place)
        length, = struct.unpack(">I", plain[:4])
        assert len(plain) % 64 == 0 and not any(plain[4 + length:]), "wrong padding"
        return plain[4:4 + length]

    def fields(self, data):
        found = {}
        while data:
            tag, length = struct.unpack(">BI", data[:5])
            found.setdefault(tag, []).append(data[5:5 + length])
            data = data[5 + length:]
        return found

    def open_slots(self, key_file, passphrase):
        for number, kind, label, params, sealed in self.rows("SELECT id, kind, label, params, sealed FROM slot"):
            how, key = json.loads(params), key_file
            salt = base64.b64decode(how["salt"])
            if (kind == "passphrase") != (passphrase is not None):
                continue
            if passphrase is None:
                key = hkdf(key_file, salt, b"coffer/slot/key/1")
            else:
                cost = how["argon2id"]
                stretched = Argon2id(salt=salt, length=32, iterations=cost["passes"], lanes=cost["lanes"],
                                     memory_cost=cost["memory"]).derive(passphrase)
                key = hkdf(stretched, None, b"coffer/slot/passphrase/1")
            try:
                return self.open(key, SLOT, sealed, path="\0".join([kind, label, params]).encode(), number=number)
            except KeyError:
                continue
        sys.exit("no slot opens with this key")

    def count(self, table, *row):
        parts = [table.encode()] + [part if isinstance(part, bytes) else part.encode() for part in row]
        self.tally = bytes(a ^ b for a, b in zip(self.tally, mac(self.root[8][0], *parts)))

    def read_secrets(self):
        scopes, secrets, number = {}, {}, lambda n: struct.pack(">Q", n)
        for scope, key, keyring in self.rows("SELECT id, sealed_key, keyring FROM scope"):
            self.count("scope", number(scope), key, keyring)
            key = self.open(self.root[2][0], SCOPE_KEY, key, scope)
            ring = self.fields(self.open(key, KEYRING, keyring, scope))
            terms = {struct.unpack(">I", term[:4])[0]: term[12:] for term in ring[3]}
            scopes[scope] = (ring[1][0].decode(), ring[2][0], terms)
        for row, scope, lookup, revision, head in self.rows("SELECT id, scope, lookup, revision, head FROM secret"):
            self.count("secret", number(row), number(scope), lookup, number(revision), head)
            _, index, terms = scopes[scope]
            term = term_of(head)
            head = json.loads(self.open(terms[term], HEAD, head, scope, lookup, revision, term))
            name = head["name"].encode()
            assert mac(index, b"name", name) == lookup, "a secret is filed under another name"
            versions = {}
            for n, term, key, meta, value in self.rows(
                    "SELECT number, term, data_key, meta, value FROM version WHERE secret = ?", row):
                self.count("version", number(row), number(n), struct.pack(">I", term), key or b"", meta)
                meta = json.loads(self.open(terms[term], META, meta, scope, name, n, term))
                assert (key is None) == (meta["state"] == "destroyed")
                if key:
                    key = self.open(terms[term], DATA_KEY, key, scope, name, n, term)
                    value = self.open(key, VALUE, value, path=name, number=n).hex()
                readable = meta["state"] == "enabled"
                versions[str(n)] = {"state": meta["state"], "value": value if readable else None}
            secrets[head["name"]] = {"current": head.get("current"), "versions": versions}
        for name, scope, revision, sealed in self.rows("SELECT id, scope, revision, sealed FROM lease"):
            self.count("lease", name, number(scope), number(revision), sealed)
            term = term_of(sealed)
            self.open(scopes[scope][2][term], LEASE, sealed, scope, name.encode(), revision, term)
        for name, sealed in self.rows("SELECT name, sealed FROM policy"):
            self.count("policy", name, sealed)
            json.loads(self.open(self.root[4][0], POLICY, sealed, path=name.encode()))
        for row, accessor, parent, record, grant in self.rows("SELECT * FROM token"):
            self.count("token", row, accessor, parent or "", record, grant)
            key = self.open_box(record, RECORD, path=accessor.encode())
            granted = self.fields(self.open(key, GRANT, grant, path=row))
            assert granted[1] == self.root[1] and json.loads(granted[5][0])["accessor"] == accessor
        for row in self.rows("SELECT id, kind, label, params, sealed FROM slot"):
            self.count("slot", number(row[0]), *row[1:])
        assert self.tally == self.digest, "rows were removed, inserted or replaced"
        return sorted(prefix for prefix, _, _ in scopes.values()), secrets

    def read_audit(self):
        seeds = {struct.unpack(">Q", seed[:8])[0]: seed[8:] for seed in self.root[7]}
        before, expected, events = bytes(32), 1, []
        for seq, session, row, link in self.rows("SELECT seq, session, row, mac FROM audit ORDER BY seq"):
            ratchet = seeds.get(seq) or ratchet
            chained = mac(ratchet, b"audit row", struct.pack(">Q", seq), before, struct.pack(">q", session), row)
            assert seq == expected and chained == link, f"audit row {seq} was changed"
            before, expected, ratchet = link, seq + 1, hkdf(ratchet, None, b"coffer/audit/ratchet/1")
            (box,), = self.rows("SELECT sealed_key FROM audit_session WHERE id = ?", session)
            events.append(json.loads(self.open(self.open_box(box, SESSION, number=session), ROW, row, number=seq)))
        assert (self.audit_rows, self.audit_head) == (expected - 1, before), "the trail was cut"
        return [event["operation"] for event in events]

    def open_box(self, box, kind, **place):
        for secret in map(X25519PrivateKey.from_private_bytes, reversed(self.root[5])):
            public = secret.public_key().public_bytes_raw()
            shared = secret.exchange(X25519PublicKey.from_public_bytes(box[:32]))
            try:
                return self.open(hkdf(shared, box[:32] + public, b"coffer/box/1"), kind, box[32:], **place)
            except KeyError:
                continue
        raise KeyError(f"no box key opens a box of kind {kind}")


if __name__ == "__main__":
    words = os.environ["COFFER_PASSPHRASE"].encode() if sys.argv[2] == "-" else None
    vault = Vault(sys.argv[1], None if words else open(sys.argv[2], "rb").read(), words)
    scopes, secrets = vault.read_secrets()
    print(json.dumps({"scopes": scopes, "secrets": secrets, "audit": vault.read_audit()}, indent=2, sort_keys=True))
