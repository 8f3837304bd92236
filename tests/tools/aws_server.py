"""moto's server of the AWS API, with those of its faults mended that coffer's stores would trip over.

Where moto and AWS's documentation disagree, the documentation wins:

* ListSecretVersionIds tells when a version was created, and leaves versions without a staging label out unless
  IncludeDeprecated asks for them. moto gives the present time, and all versions.
* BatchGetSecretValue reads the version that carries AWSCURRENT. moto reads the one that carried it before
  UpdateSecretVersionStage moved it.
* UpdateSecretVersionStage refuses to add a label that another version carries, unless RemoveFromVersionId names that
  version. moto checks that for AWSCURRENT alone.
* AWSCURRENT cannot be taken off without a version to move it to.
* UpdateSecret with an empty description removes the description.
* GetParameter says of a label that no version carries that the version is not found, not the parameter.

The server ends when its standard input does, so that it never outlives a test that was killed.
"""

import os
import sys
import threading
import time

from moto.secretsmanager import models
from moto.secretsmanager.exceptions import InvalidParameterException
from moto.ssm import models as ssm
from moto.ssm.exceptions import ParameterVersionNotFound

Backend = models.SecretsManagerBackend
Parameters = ssm.SimpleSystemManagerBackend
_lock = threading.RLock()


def _serialised(name, Backend=Backend):
    """moto changes its tables from several threads without a lock; the service itself does one thing after another."""
    original = getattr(Backend, name)

    def call(self, *arguments, **named):
        with _lock:
            return original(self, *arguments, **named)

    setattr(Backend, name, call)


_add_secret = Backend._add_secret


def add_secret(self, *arguments, **named):
    secret, new_version = _add_secret(self, *arguments, **named)
    # Times of the service have milliseconds.
    for version in secret.versions.values():
        version.setdefault("created", round(time.time(), 3))
    return secret, new_version


def list_secret_version_ids(self, secret_id, include_deprecated):
    secret = self.secrets[secret_id]
    versions = [
        {
            "CreatedDate": version.get("created", version["createdate"]),
            "VersionId": version_id,
            "VersionStages": version["version_stages"],
        }
        for version_id, version in secret.versions.items()
        if version["version_stages"] or include_deprecated
    ]
    return models.json.dumps({"ARN": secret.arn, "Name": secret.name, "Versions": versions})


def answer_list_secret_version_ids(self):
    secret_id = self._get_param("SecretId")
    if not self.backend._is_valid_identifier(secret_id):
        raise models.SecretNotFoundException()
    return list_secret_version_ids(self.backend, secret_id, self._get_param("IncludeDeprecated"))


_update_stage = Backend.update_secret_version_stage


def update_secret_version_stage(
    self, secret_id, version_stage, remove_from_version_id, move_to_version_id
):
    if secret_id not in self.secrets:
        raise models.SecretNotFoundException()
    versions = self.secrets[secret_id].versions
    carriers = [it for it, version in versions.items() if version_stage in version["version_stages"]]
    if move_to_version_id and carriers not in ([], [remove_from_version_id], [move_to_version_id]):
        raise InvalidParameterException("the staging label is attached to another version")
    if version_stage == "AWSCURRENT" and not move_to_version_id:
        raise InvalidParameterException("AWSCURRENT can only be moved")
    answer = _update_stage(
        self, secret_id, version_stage, remove_from_version_id, move_to_version_id
    )
    if version_stage == "AWSCURRENT":
        self.secrets[secret_id].set_default_version_id(move_to_version_id)
    return answer


_update_secret = Backend.update_secret


def update_secret(self, secret_id, *arguments, **named):
    answer = _update_secret(self, secret_id, *arguments, **named)
    if named.get("description") == "":
        self.secrets[secret_id].description = None
    return answer


Backend._add_secret = add_secret
Backend.update_secret = update_secret
Backend.update_secret_version_stage = update_secret_version_stage
for operation in ("create_secret", "put_secret_value", "update_secret_version_stage"):
    _serialised(operation)

_get_parameter = Parameters.get_parameter


def get_parameter(self, name):
    found = _get_parameter(self, name)
    plain, _, selector = self._strip_parameter_arn(name).partition(":")
    if found is None and selector and self._parameters.get(plain):
        raise ParameterVersionNotFound(f"Systems Manager could not find version {selector} of {plain}.")
    return found


Parameters.get_parameter = get_parameter
for operation in ("put_parameter", "label_parameter_version", "unlabel_parameter_version"):
    _serialised(operation, Parameters)

from moto.secretsmanager.responses import SecretsManagerResponse  # noqa: E402

SecretsManagerResponse.list_secret_version_ids = answer_list_secret_version_ids


def _end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=_end_with_standard_input, daemon=True).start()

from moto.server import main  # noqa: E402

main(sys.argv[1:])
