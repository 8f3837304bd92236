"""Azure's official Python client at work on the server that plays Key Vault (azure_server.py).

Without arguments it goes through the service's ways and fails where the server's answers are not what the client takes
for right. `read NAME` and `write NAME VALUE` read and write as another program would, beside coffer. The environment
leads it to the server: HTTPS_PROXY and REQUESTS_CA_BUNDLE.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient

# The resource of the challenge is verified, as it is by default.
VAULT = "https://coffer-test.vault.azure.net"
CREDENTIAL = ClientSecretCredential(
    "00000000-fake-4000-8000-00000000000a", "00000000-fake-4000-8000-00000000000b", "fake-client-secret")
client = SecretClient(VAULT, CREDENTIAL, retry_total=2)


def refused(kind, call, code=None):
    try:
        call()
    except kind as error:
        assert code is None or code in str(error), error
        return
    raise AssertionError(f"{call} was not refused")


def judge():
    refused(ResourceNotFoundError, lambda: client.get_secret("sdk-missing"))
    expires = datetime(2031, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
    first = client.set_secret("sdk", "fake-1", content_type="text/plain", tags={"team": "payments"}, expires_on=expires,
                              not_before=expires - timedelta(days=1))
    assert first.value == "fake-1" and len(first.properties.version) == 32
    second = client.set_secret("sdk", "fake-2")
    newest = client.get_secret("sdk")
    assert newest.value == "fake-2" and newest.properties.version == second.properties.version
    assert client.get_secret("SDK").properties.version == second.properties.version
    assert not newest.properties.tags and newest.properties.content_type is None
    older = client.get_secret("sdk", first.properties.version)
    assert older.value == "fake-1" and older.properties.expires_on == expires
    assert older.properties.not_before == expires - timedelta(days=1)
    assert older.properties.tags == {"team": "payments"} and older.properties.recovery_level == "Recoverable+Purgeable"

    # What a change does not name stays, and tags are one thing.
    changed = client.update_secret_properties("sdk", first.properties.version, enabled=False)
    assert changed.tags == {"team": "payments"} and changed.content_type == "text/plain" and not changed.enabled
    refused(HttpResponseError, lambda: client.get_secret("sdk", first.properties.version), "disabled")
    changed = client.update_secret_properties("sdk", first.properties.version, enabled=True, tags={"tier": "1"})
    assert changed.tags == {"tier": "1"}
    versions = list(client.list_properties_of_secret_versions("sdk"))
    assert {it.version for it in versions} == {first.properties.version, second.properties.version}
    assert list(client.list_properties_of_secret_versions("sdk-missing")) == []

    for number in range(60):
        client.set_secret(f"sdk-page-{number:02}", "fake")
    listed = [it.name for it in client.list_properties_of_secrets()]
    assert len(listed) == len(set(listed)) and set(listed) >= {"sdk"} | {f"sdk-page-{n:02}" for n in range(60)}
    for name, value, tags in (("sdk_x", "fake", {}), ("sdk-x", "v" * 25601, {}), ("sdk-x", "fake", {f"t{n}": "" for n in range(16)}),
                              ("sdk-x", "fake", {"t": "v" * 257})):
        refused(HttpResponseError, lambda: client.set_secret(name, value, tags=tags))

    poller = client.begin_delete_secret("sdk")
    refused(ResourceNotFoundError, lambda: client.get_secret("sdk"))
    refused(ResourceExistsError, lambda: client.set_secret("sdk", "fake-3"))
    poller.wait()
    deleted = client.get_deleted_secret("sdk")
    assert deleted.scheduled_purge_date > deleted.deleted_date and deleted.properties.version == second.properties.version
    assert [it.name for it in client.list_deleted_secrets()] == ["sdk"]
    refused(ResourceExistsError, lambda: client.set_secret("sdk", "fake-3"), "recoverable")
    client.begin_recover_deleted_secret("sdk").wait()
    assert client.get_secret("sdk", first.properties.version).value == "fake-1"
    client.begin_delete_secret("sdk").wait()
    client.purge_deleted_secret("sdk")
    print("all as it should be")


def told(secret):
    properties = secret.properties
    return {"value": secret.value, "content_type": properties.content_type, "tags": properties.tags or {}, "enabled": properties.enabled,
            "expires": properties.expires_on and int(properties.expires_on.timestamp()),
            "not_before": properties.not_before and int(properties.not_before.timestamp())}


if sys.argv[1:2] == ["read"]:
    print(json.dumps(told(client.get_secret(sys.argv[2]))))
elif sys.argv[1:2] == ["write"]:
    print(json.dumps(told(client.set_secret(sys.argv[2], sys.argv[3], tags={"owner": "platform"}))))
else:
    judge()
