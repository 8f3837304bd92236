"""Reads the secrets of a coffer vault without coffer: an independent check of docs/design/vault-format.md.

Usage: read_vault.py VAULT KEY_FILE    (COFFER_PASSPHRASE instead of KEY_FILE "-")
Prints scopes, names and values as JSON. The vault must not be open in another program.
"""
import base64, hmac, json, os, sqlite3, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
SLOT, ROOT, SCOPE_KEY, KEYRING, HEAD, META, DATA_KEY, VALUE = range(1, 9)

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

def fields(data, known):  # of a keyring: the values of each tag
    found = {tag: [] for tag in known}
    while data:
        end = 5 + integer(data[1:5])
        found[data[0]].append(data[5:end])
        data = data[end:]
    return found

class Vault:
    def __init__(self, path, key_file):
        self.db = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
        (self.id, root), = self.rows("SELECT id, root FROM vault")
        words = os.environ["COFFER_PASSPHRASE"].encode() if key_file == "-" else None
        key = self.root_key(None if words else open(key_file, "rb").read(), words)
        self.root = fields(self.open(key, ROOT, root), [1, 2, 4, 5, 6, 7, 8])
        self.scopes = {row[0]: self.scope(*row) for row in self.rows("SELECT id, sealed_key, keyring FROM scope")}

    def rows(self, sql, *arguments):
        return self.db.execute(sql, arguments).fetchall()

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

    def root_key(self, key_file, passphrase):
        for number, kind, label, params, sealed in self.rows("SELECT id, kind, label, params, sealed FROM slot"):
            how = json.loads(params)
            salt, cost = base64.b64decode(how["salt"]), how.get("argon2id")
            if cost and passphrase:
                stretched = Argon2id(salt=salt, length=32, iterations=cost["passes"], lanes=cost["lanes"], memory_cost=cost["memory"])
                key = hkdf(stretched.derive(passphrase), None, b"coffer/slot/passphrase/1")
            elif not cost and key_file:
                key = hkdf(key_file, salt, b"coffer/slot/key/1")
            else:
                continue
            try:
                return self.open(key, SLOT, sealed, path="\0".join([kind, label, params]).encode(), number=number)
            except KeyError:
                pass  # another slot's key
        sys.exit("no slot opens with this key")

    def scope(self, number, sealed_key, keyring):  # its prefix, what finds names in it, the keys of its terms
        key = self.open(self.root[2][0], SCOPE_KEY, sealed_key, number)
        ring = fields(self.open(key, KEYRING, keyring, number), range(1, 6))
        return ring[1][0].decode(), ring[2][0], {integer(term[:4]): term[12:] for term in ring[3]}

    def secrets(self):
        for row, number, lookup, revision, head in self.rows("SELECT id, scope, lookup, revision, head FROM secret"):
            (_, index, terms), term = self.scopes[number], integer(head[6:10])
            head = json.loads(self.open(terms[term], HEAD, head, number, lookup, revision, term))
            name = head["name"].encode()
            assert mac(index, b"name", name) == lookup, "a secret is filed under another name"
            rows = self.rows("SELECT number, term, data_key, meta, value FROM version WHERE secret = ?", row)
            versions = {str(version[0]): self.version(number, name, *version) for version in rows}
            yield head["name"], {"current": head.get("current"), "versions": versions}

    def version(self, scope, name, n, term, data_key, meta, value):
        term_key = self.scopes[scope][2][term]
        state = json.loads(self.open(term_key, META, meta, scope, name, n, term))["state"]
        assert (data_key is None) == (state == "destroyed")
        if data_key:
            data_key = self.open(term_key, DATA_KEY, data_key, scope, name, n, term)
            value = self.open(data_key, VALUE, value, path=name, number=n).hex()
        return {"state": state, "value": value if state == "enabled" else None}

if __name__ == "__main__":
    vault = Vault(sys.argv[1], sys.argv[2])
    scopes = sorted(prefix for prefix, _, _ in vault.scopes.values())
    print(json.dumps({"scopes": scopes, "secrets": dict(vault.secrets())}))
