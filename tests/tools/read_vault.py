"""Reads a coffer vault without coffer: an independent check of docs/design/vault-format.md.

Usage: read_vault.py VAULT KEY_FILE    (COFFER_PASSPHRASE instead of KEY_FILE "-")
Prints what the vault holds as JSON. The vault must not be open in another program.
"""
import base64, hmac, json, operator, os, sqlite3, sys
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SLOT, ROOT, SCOPE_KEY, KEYRING, HEAD, META, DATA_KEY, VALUE, STATE, SESSION, ROW, GRANT, RECORD, LEASE, POLICY = range(1, 16)
# What the set digest covers of each table.
COVERED = {"slot": "id kind label params sealed", "scope": "id sealed_key keyring", "policy": "name sealed",
           "secret": "id scope lookup revision head", "version": "secret number term data_key meta",
           "lease": "id scope revision sealed", "token": "id accessor parent record sealed_grant"}

def be(number, size=8):
    return number.to_bytes(size, "big")

def integer(data):
    return int.from_bytes(data, "big")

def joined(size, parts):
    return b"".join(be(len(part), size) + part for part in parts)

def hkdf(material, salt, info, length=32):
    return HKDF(SHA256(), length, salt, info).derive(material)

def mac(key, *parts):
    return hmac.digest(key, joined(8, parts), "sha256")

def fields(data, known):
    found = {tag: [] for tag in known}
    while data:
        end = 5 + integer(data[1:5])
        found[data[0]].append(data[5:end])
        data = data[end:]
    return found

class Vault:
    def __init__(self, path, key_file, passphrase):
        self.db = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
        (self.id, root, state), = self.rows("SELECT id, root, state FROM vault")
        self.root = fields(self.open(self.root_key(key_file, passphrase), ROOT, root), [1, 2, 4, 5, 6, 7, 8])
        self.state = self.open(self.root[1][0], STATE, state)
        self.digest = bytes(32)

    def rows(self, sql, *arguments):
        return self.db.execute(sql, arguments).fetchall()

    def covered(self, table):
        columns = COVERED[table].split()
        for row in self.rows(f"SELECT {', '.join(columns)} FROM {table}"):
            parts = [be(cell, 4 if column == "term" else 8) if isinstance(cell, int)
                     else cell.encode() if isinstance(cell, str) else cell or b"" for column, cell in zip(columns, row)]
            self.digest = bytes(map(operator.xor, self.digest, mac(self.root[8][0], table.encode(), *parts)))
            yield row

    def open(self, key, kind, record, scope=0, path=b"", number=0, term=0):
        header = b"CFR1" + bytes([kind, 1]) + be(term, 4)
        assert record[:10] == header, f"record of kind {kind}: wrong header"
        place = joined(4, [b"coffer/vault/1", header, self.id, bytes([kind]), be(scope), path, be(number), be(term, 4)])
        once = hkdf(key, record[10:42], place, 76)
        if not hmac.compare_digest(once[44:], record[42:74]):
            raise KeyError(f"record of kind {kind}: wrong key or place")
        plain = AESGCM(once[:32]).decrypt(once[32:44], record[74:], place)
        end = 4 + integer(plain[:4])
        assert len(plain) % 64 == 0 and not any(plain[end:]), "wrong padding"
        return plain[4:end]

    def open_box(self, box, kind, **place):
        for secret in map(X25519PrivateKey.from_private_bytes, reversed(self.root[5])):
            shared, public = secret.exchange(X25519PublicKey.from_public_bytes(box[:32])), secret.public_key()
            try:
                return self.open(hkdf(shared, box[:32] + public.public_bytes_raw(), b"coffer/box/1"), kind, box[32:], **place)
            except KeyError:
                continue
        raise KeyError(f"no box key opens a box of kind {kind}")

    def root_key(self, key_file, passphrase):
        for number, kind, label, params, sealed in self.rows("SELECT id, kind, label, params, sealed FROM slot"):
            how = json.loads(params)
            salt, cost = base64.b64decode(how["salt"]), how.get("argon2id")
            if (cost is None) != (passphrase is None):
                continue
            if cost:
                stretched = Argon2id(salt=salt, length=32, iterations=cost["passes"], lanes=cost["lanes"], memory_cost=cost["memory"])
                key = hkdf(stretched.derive(passphrase), None, b"coffer/slot/passphrase/1")
            else:
                key = hkdf(key_file, salt, b"coffer/slot/key/1")
            try:
                return self.open(key, SLOT, sealed, path="\0".join([kind, label, params]).encode(), number=number)
            except KeyError:
                continue
        sys.exit("no slot opens with this key")

    def read_secrets(self):
        scopes, secrets = {}, {}
        for scope, key, keyring in self.covered("scope"):
            key = self.open(self.root[2][0], SCOPE_KEY, key, scope)
            ring = fields(self.open(key, KEYRING, keyring, scope), [1, 2, 3, 4, 5])
            scopes[scope] = ring[1][0].decode(), ring[2][0], {integer(term[:4]): term[12:] for term in ring[3]}
        for row, scope, lookup, revision, head in self.covered("secret"):
            (_, index, terms), term = scopes[scope], integer(head[6:10])
            head = json.loads(self.open(terms[term], HEAD, head, scope, lookup, revision, term))
            assert mac(index, b"name", head["name"].encode()) == lookup, "a secret is filed under another name"
            secrets[row] = scope, head["name"], {"current": head.get("current"), "versions": {}}
        for row, n, term, key, meta in self.covered("version"):
            (value,), = self.rows("SELECT value FROM version WHERE secret = ? AND number = ?", row, n)
            (scope, name, secret), term_key = secrets[row], scopes[secrets[row][0]][2][term]
            state = json.loads(self.open(term_key, META, meta, scope, name.encode(), n, term))["state"]
            assert (key is None) == (state == "destroyed")
            if key:
                key = self.open(term_key, DATA_KEY, key, scope, name.encode(), n, term)
                value = self.open(key, VALUE, value, path=name.encode(), number=n).hex()
            secret["versions"][str(n)] = {"state": state, "value": value if state == "enabled" else None}
        for lease, scope, revision, sealed in self.covered("lease"):
            term = integer(sealed[6:10])
            self.open(scopes[scope][2][term], LEASE, sealed, scope, lease.encode(), revision, term)
        for name, sealed in self.covered("policy"):
            document = json.loads(self.open(self.root[4][0], POLICY, sealed, path=name.encode()))
            assert ("secret_id_uses" if name.startswith("role/") else "rules") in document
        for row, accessor, _, record, grant in self.covered("token"):
            grant = fields(self.open(self.open_box(record, RECORD, path=accessor.encode()), GRANT, grant, path=row), range(1, 6))
            assert grant[1] == self.root[1] and json.loads(grant[5][0])["accessor"] == accessor
        assert list(self.covered("slot")) and self.digest == self.state[88:], "rows were removed, inserted or replaced"
        return sorted(prefix for prefix, _, _ in scopes.values()), {name: secret for _, name, secret in secrets.values()}

    def read_audit(self):
        seeds, before, events = {integer(seed[:8]): seed[8:] for seed in self.root[7]}, bytes(32), []
        for seq, session, row, link in self.rows("SELECT seq, session, row, mac FROM audit ORDER BY seq"):
            ratchet = seeds.get(seq) or ratchet
            chained = mac(ratchet, b"audit row", be(seq), before, be(session), row)
            assert seq == len(events) + 1 and chained == link, f"audit row {seq} was changed"
            before, ratchet = link, hkdf(ratchet, None, b"coffer/audit/ratchet/1")
            (box,), = self.rows("SELECT sealed_key FROM audit_session WHERE id = ?", session)
            events.append(json.loads(self.open(self.open_box(box, SESSION, number=session), ROW, row, number=seq)))
        assert self.state[16:56] == be(len(events)) + before, "the trail was cut"
        return [event["operation"] for event in events]

if __name__ == "__main__":
    words = os.environ["COFFER_PASSPHRASE"].encode() if sys.argv[2] == "-" else None
    vault = Vault(sys.argv[1], None if words else open(sys.argv[2], "rb").read(), words)
    scopes, secrets = vault.read_secrets()
    print(json.dumps({"scopes": scopes, "secrets": secrets, "audit": vault.read_audit()}, indent=2, sort_keys=True))
