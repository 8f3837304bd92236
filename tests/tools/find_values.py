"""Searches files for values that must stand in none of them, without any of coffer's code.

Usage: find_values.py PATH... < VALUES    (a JSON list of texts)
Searched are files, all files below folders, and what is packed in zip and gzip, each value as it is, in base64 (at every
offset, both alphabets), in hexadecimal, and escaped as in URLs, JSON (Python's and Go's way), HCL and Go's %q. Prints where
something was found, in which form, and never the value. Ends with 1 where something was found, and with 2 where nothing was
searched.
"""
import base64, gzip, io, json, os, sys, urllib.parse, zipfile


def forms(value):
    data = value.encode()
    yield "plain", data
    yield "UTF-16", value.encode("utf-16-le")
    for offset in range(3):
        # The characters that depend on what stands before and after the value are cut off.
        first, last = (0, 2, 3)[offset], (offset + len(data)) * 8 // 6
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            yield name, encode(bytes(offset) + data)[first:last]
    yield "hexadecimal", data.hex().encode()
    yield "hexadecimal", data.hex().upper().encode()
    yield "URL-escaped", urllib.parse.quote(value, safe="").encode()
    yield "URL-escaped", urllib.parse.quote_plus(value).encode()
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield "JSON-escaped", text.encode()
        go = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        yield "JSON-escaped", go.encode()
        # A log line in JSON that holds JSON.
        for once in (text, go):
            yield "JSON-escaped twice", json.dumps(once, ensure_ascii=ascii_only)[1:-1].encode()
        yield "HCL-escaped", text.replace("${", "$${").replace("%{", "%%{").encode()


def needles(values):
    found = {}
    for number, value in enumerate(values):
        assert len(value) >= 6, "a value is too short to be searched for"
        for name, form in forms(value):
            found.setdefault(form, (number, name))
    return found


def contents(path, data):
    """What a file holds: itself, and what is packed in it."""
    yield path, data
    if data[:2] == b"\x1f\x8b":
        yield from contents(f"{path} (unpacked)", gzip.decompress(data))
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from contents(f"{path}:{name}", archive.read(name))


def files(path):
    if not os.path.isdir(path):
        yield path
        return
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            if os.path.isfile(full):
                yield full


def main():
    wanted = needles(json.load(sys.stdin))
    searched = hits = 0
    for root in sys.argv[1:]:
        for path in files(root):
            with open(path, "rb") as file:
                data = file.read()
            for place, part in contents(path, data):
                searched += 1
                for form, (number, name) in wanted.items():
                    if count := part.count(form):
                        hits += 1
                        print(f"value {number}, {name}: {count} times in {place}")
    print(f"{searched} texts searched for {len(wanted)} forms", file=sys.stderr)
    return 1 if hits else 0 if searched else 2


if __name__ == "__main__":
    sys.exit(main())
