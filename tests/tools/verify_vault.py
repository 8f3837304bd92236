"""Reads and verifies what a coffer vault holds besides secrets: the set digest, leases, policies, roles, tokens, the trail.

Usage: verify_vault.py VAULT KEY_FILE    (COFFER_PASSPHRASE instead of KEY_FILE "-")
Prints the operations of the audit trail as JSON. Builds on read_vault.py and, like it, on docs/design/vault-format.md alone.
"""
import json, operator, sys
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
import read_vault
from read_vault import be, fields, hkdf, integer, mac

STATE, SESSION, ROW, GRANT, RECORD, LEASE, POLICY = range(9, 16)
# What the set digest covers of each table.
COVERED = {"slot": "id kind label params sealed", "scope": "id sealed_key keyring", "policy": "name sealed",
           "secret": "id scope lookup revision head", "version": "secret number term data_key meta",
           "lease": "id scope revision sealed", "token": "id accessor parent record sealed_grant"}

class Vault(read_vault.Vault):
    def __init__(self, path, key_file):
        super().__init__(path, key_file)
        (state,), = self.rows("SELECT state FROM vault")
        self.state = self.open(self.root[1][0], STATE, state)

    def covered(self, table):
        columns = COVERED[table].split()
        for row in self.rows(f"SELECT {', '.join(columns)} FROM {table}"):
            parts = [be(cell, 4 if column == "term" else 8) if isinstance(cell, int)
                     else cell.encode() if isinstance(cell, str) else cell or b"" for column, cell in zip(columns, row)]
            yield row, mac(self.root[8][0], table.encode(), *parts)

    def verify_digest(self):
        digest = bytes(32)
        for table in COVERED:
            for _, one in self.covered(table):
                digest = bytes(map(operator.xor, digest, one))
        assert digest == self.state[88:], "rows were removed, inserted or replaced"

    def open_box(self, box, kind, **place):
        for secret in map(X25519PrivateKey.from_private_bytes, reversed(self.root[5])):
            shared, public = secret.exchange(X25519PublicKey.from_public_bytes(box[:32])), secret.public_key()
            try:
                return self.open(hkdf(shared, box[:32] + public.public_bytes_raw(), b"coffer/box/1"), kind, box[32:], **place)
            except KeyError:
                continue
        raise KeyError(f"no box key opens a box of kind {kind}")

    def verify_records(self):
        for (lease, scope, revision, sealed), _ in self.covered("lease"):
            term = integer(sealed[6:10])
            self.open(self.scopes[scope][2][term], LEASE, sealed, scope, lease.encode(), revision, term)
        for (name, sealed), _ in self.covered("policy"):
            document = json.loads(self.open(self.root[4][0], POLICY, sealed, path=name.encode()))
            assert ("secret_id_uses" if name.startswith("role/") else "rules") in document
        for (row, accessor, _, record, grant), _ in self.covered("token"):
            grant = fields(self.open(self.open_box(record, RECORD, path=accessor.encode()), GRANT, grant, path=row), range(1, 6))
            assert grant[1] == self.root[1] and json.loads(grant[5][0])["accessor"] == accessor

    def audit(self):
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
    vault = Vault(sys.argv[1], sys.argv[2])
    vault.verify_digest()
    vault.verify_records()
    print(json.dumps({"audit": vault.audit()}, indent=2))
