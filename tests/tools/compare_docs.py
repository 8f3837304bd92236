"""Compares a schema as Terraform dumps it with the pages of the registry, both ways, without any of coffer's code.

Usage: terraform providers schema -json | compare_docs.py DOCS
Each object has a page and each page an object; each argument, attribute and block of the schema stands in its page's schema
with its type and its marks, and nothing else stands there; so do the parameters of functions. Prints what differs, and ends
with 1 where something does.
"""
import json, os, re, sys

KINDS = {"resources": "resource_schemas", "data-sources": "data_source_schemas", "ephemeral-resources": "ephemeral_resource_schemas"}
ITEM = re.compile(r"^- `([^`]+)` \(((?:[^()]|\([^()]*\))*)\)")
NESTED = re.compile(r"^### Nested Schema for `([^`]+)`")
PARAMETER = re.compile(r"^\d+\. `([^`]+)` \(([^)]*)\)")
BLOCKS = {"single": "Block", "list": "Block List", "set": "Block Set", "map": "Block Map"}


def words(kind):
    """A type as the pages write it."""
    if isinstance(kind, str):
        return {"string": "String", "number": "Number", "bool": "Boolean", "dynamic": "Dynamic"}[kind]
    outer, inner = kind
    return {"list": "List of ", "set": "Set of ", "map": "Map of "}[outer] + words(inner) if outer != "object" else "Object"


def entries(block, path=""):
    """Each attribute and block of a schema: its path, and its group, type and marks."""
    for name, attribute in block.get("attributes", {}).items():
        group = "Required" if attribute.get("required") else "Optional" if attribute.get("optional") else "Read-Only"
        marks = {mark for key, mark in (("sensitive", "Sensitive"), ("write_only", "Write-only"), ("deprecated", "Deprecated"))
                 if attribute.get(key)}
        yield path + name, (group, words(attribute["type"]), frozenset(marks))
    for name, nested in block.get("block_types", {}).items():
        group = "Required" if nested.get("min_items") else "Optional"
        yield path + name, (group, BLOCKS[nested["nesting_mode"]], frozenset())
        yield from entries(nested["block"], f"{path}{name}.")


def documented(page):
    """The same as a page tells it."""
    _, schema = page.split("\n## Schema\n", 1)
    schema = re.split(r"\n## ", schema)[0]
    path, group, found = "", None, {}
    for line in schema.splitlines():
        if nested := NESTED.match(line):
            path, group = nested[1] + ".", None
        elif line.startswith("###"):
            group = line.lstrip("# ")
        elif (item := ITEM.match(line)) and group:
            kind, *marks = re.split(r", (?![^(]*\))", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", item[2]))
            assert path + item[1] not in found, f"{path}{item[1]} stands twice"
            marks = frozenset(mark for mark in marks if mark in ("Sensitive", "Write-only", "Deprecated"))
            found[path + item[1]] = group, kind, marks
    return found


def differences(schema, docs):
    def read(folder, name):
        with open(os.path.join(docs, folder, f"{name}.md"), encoding="utf-8") as file:
            return file.read()

    def pages(folder):
        return {name[:-3] for name in os.listdir(os.path.join(docs, folder))}

    def compare(where, block, page):
        told, real = documented(page), dict(entries(block))
        for path in sorted(told.keys() | real.keys()):
            if told.get(path) != real.get(path):
                yield f"{where}: {path} is {real.get(path)} in the schema and {told.get(path)} in the page"

    for folder, key in KINDS.items():
        real = {name.removeprefix("coffer_"): schema for name, schema in schema[key].items()}
        for name in sorted(real.keys() ^ pages(folder)):
            yield f"{folder}/{name} is {'without a page' if name in real else 'a page of nothing'}"
        for name in sorted(real.keys() & pages(folder)):
            yield from compare(f"{folder}/{name}", real[name]["block"], read(folder, name))
    yield from compare("index", schema["provider"]["block"], read("", "index"))
    functions = schema["functions"]
    for name in sorted(functions.keys() ^ pages("functions")):
        yield f"functions/{name} is {'without a page' if name in functions else 'a page of nothing'}"
    for name in sorted(functions.keys() & pages("functions")):
        found = [match.groups() for match in map(PARAMETER.match, read("functions", name).splitlines()) if match]
        told = [(parameter, kind.split(",")[0]) for parameter, kind in found]
        parameters = functions[name].get("parameters", []) + [one for one in [functions[name].get("variadic_parameter")] if one]
        real = [(parameter["name"], words(parameter["type"])) for parameter in parameters]
        if told != real:
            yield f"functions/{name}: {real} in the schema and {told} in the page"


def main():
    (schema,) = json.load(sys.stdin)["provider_schemas"].values()
    found = list(differences(schema, sys.argv[1]))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
