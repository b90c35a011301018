"""As much YAML as the systems need: block maps and lists, flow lists, quoted and literal texts. Anything else is an error.

    load("services:\\n  - name: web\\n    env: [\\"A=1\\"]\\n")  ->  {"services": [{"name": "web", "env": ["A=1"]}]}
"""

import json
import re

_KEY = re.compile(r"([A-Za-z.]+):(?: +(.*))?$")
_FLOW_ITEM = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^",\[\]{}]+?)\s*(,|$)')
_UNKNOWN = tuple("&*!>{}%@`'?")


class _Lines:
    """(indent, text) of each line that is no comment; a literal block is read as raw lines."""

    def __init__(self, text):
        self._raw = text.split("\n")
        self._next = 0
        self._skip()

    def _skip(self):
        while self._next < len(self._raw) and re.fullmatch(r"\s*(#.*)?", self._raw[self._next]):
            self._next += 1

    def peek(self):
        """Indent and text; indent -1 at the end."""
        if self._next == len(self._raw):
            return -1, ""
        line = self._raw[self._next]
        return len(line) - len(line.lstrip(" ")), line.strip()

    def take(self):
        self._next += 1
        self._skip()

    def enter_item(self):
        """Makes the line's `- ` blanks, so that the rest of it is what the item begins with."""
        self._raw[self._next] = self._raw[self._next].replace("-", " ", 1)

    def literal(self, indent):
        """The lines below the present one that are indented deeper than `indent`, as one text."""
        self._next += 1
        start = self._next
        while self._next < len(self._raw) and (not self._raw[self._next] or self._raw[self._next].startswith(" " * (indent + 1))):
            self._next += 1
        block = self._raw[start : self._next]
        self._skip()
        margin = len(block[0]) - len(block[0].lstrip(" "))
        return "\n".join(line[margin:] for line in block).rstrip("\n") + "\n"


def _scalar(text):
    if text.startswith('"'):
        return json.loads(text)
    if text.startswith(_UNKNOWN) or " #" in text or ": " in text:
        raise ValueError(f"expected simpler YAML than {text!r}")
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else text


def _flow_list(text):
    inside, items, position = text[1:-1].strip(), [], 0
    while position < len(inside):
        match = _FLOW_ITEM.match(inside, position)
        if not match:
            raise ValueError(f"expected a list of texts, not {text!r}")
        items.append(_scalar(match[1]))
        position = match.end()
    return items


def _value(lines, indent, text):
    """The value after a key or a dash; `indent` is that of the key."""
    if text == "|":
        return lines.literal(indent)
    lines.take()
    if text:
        return _flow_list(text) if text.startswith("[") else _scalar(text)
    below, first = lines.peek()
    return _block(lines, below) if below > indent or below == indent and first.startswith("- ") else None


def _map(lines, indent):
    result = {}
    while lines.peek()[0] == indent:
        match = _KEY.match(lines.peek()[1])
        if not match or match[1] in result:
            raise ValueError(f"expected a new key, not {lines.peek()[1]!r}")
        result[match[1]] = _value(lines, indent, match[2] or "")
    return result


def _list(lines, indent):
    result = []
    while lines.peek()[0] == indent and lines.peek()[1].startswith("- "):
        text = lines.peek()[1][2:].strip()
        if _KEY.match(text):
            lines.enter_item()
            result.append(_map(lines, lines.peek()[0]))
        else:
            result.append(_value(lines, indent, text))
    return result


def _block(lines, indent):
    return (_list if lines.peek()[1].startswith("- ") else _map)(lines, indent)


def load(text):
    lines = _Lines(text)
    result = _block(lines, 0)
    if lines.peek()[0] >= 0:
        raise ValueError(f"expected the end, not {lines.peek()[1]!r}")
    return result


def load_any(text):
    """A label, which is JSON or YAML."""
    return json.loads(text) if text.startswith("{") else load(text)
