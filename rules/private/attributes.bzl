"""Names and types of the attributes that macros are given. Bazel checks those of rules alone, and what it says names a rule nobody wrote."""

visibility(["//rules/...", "//tests/..."])

# Attributes that all rules have.
COMMON_ATTRIBUTES = [
    "applicable_licenses",
    "aspect_hints",
    "compatible_with",
    "deprecation",
    "exec_compatible_with",
    "exec_group_compatible_with",
    "exec_properties",
    "features",
    "package_metadata",
    "restricted_to",
    "tags",
    "target_compatible_with",
    "testonly",
    "toolchains",
    "visibility",
]

_TYPES = {
    "bool": "a bool",
    "dict": "a dict",
    "int": "an int",
    "Label": "a label",
    "list": "a list",
    "string": "a string",
    "tuple": "a tuple",
}

def _distance(a, b):
    """Edits that turn one word into another (Levenshtein)."""
    row = range(len(b) + 1)
    for i in range(len(a)):
        next_row = [i + 1]
        for j in range(len(b)):
            next_row.append(min(row[j] + (0 if a[i] == b[j] else 1), row[j + 1] + 1, next_row[j] + 1))
        row = next_row
    return row[-1]

def nearest(word, candidates):
    """Of some words, the one that another was probably meant to be.

    Args:
      word: the word that somebody wrote.
      candidates: list of string.

    Returns:
      string, or None if no candidate is near.
    """
    best = None

    # A third of the letters may be wrong.
    best_distance = len(word) // 3 + 2
    for candidate in candidates:
        # Separators and case are the commonest mistake: readOnlyPaths.
        distance = _distance(word.lower().replace("_", ""), candidate.replace("_", ""))
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best

def unknown_attribute(rule_name, name, attribute, known):
    """What to say of an attribute that a macro does not have.

    Args:
      rule_name: the macro's name.
      name: the target's name.
      attribute: the unknown attribute.
      known: list of string, all that there are.

    Returns:
      string.
    """
    near = nearest(attribute, known)
    return "{}(name = \"{}\"): unknown attribute \"{}\"; {}".format(
        rule_name,
        name,
        attribute,
        "did you mean \"{}\"?".format(near) if near else "expected one of: {}.".format(", ".join(known)),
    )

def check_attributes(rule_name, name, attributes, known):
    """Fails unless all attributes are known or common to all rules.

    Args:
      rule_name: the macro's name, for the message.
      name: the target's name, for the message.
      attributes: dict by name: what the macro was given.
      known: list of string.
    """
    for attribute in attributes:
        if attribute not in known and attribute not in COMMON_ATTRIBUTES:
            fail(unknown_attribute(rule_name, name, attribute, known))

def _expected_one(value, expected):
    """What to write instead of a single value of a wrong type; None if nobody can know."""
    if type(value) == "Label":
        value = str(value)
    if expected.startswith("a list"):
        is_one = type(value) == ("dict" if expected == "a list of dict" else "string")
        return repr([value]) if is_one else None
    if expected == "a string":
        return repr(str(value)) if type(value) in ["int", "bool"] else None
    if expected == "True or False":
        if str(value).lower() in ["true", "yes", "on", "1"]:
            return "True"
        return "False" if str(value).lower() in ["false", "no", "off", "0"] else None
    if expected == "an int":
        return value if type(value) == "string" and value.removeprefix("-").isdigit() else None
    return None

def wrong_type(rule_name, name, attribute, value, expected, example = None):
    """What to say of a value whose type is wrong.

    Args:
      rule_name: the macro's name.
      name: the target's name.
      attribute: its name.
      value: what was found.
      expected: what it must be, such as "a list of strings".
      example: how such a value is written, where it cannot be made of the one that was found.

    Returns:
      string.
    """
    advice = _expected_one(value, expected) or example
    return "{}(name = \"{}\"): {}: found {}, {}; expected {}{}.".format(
        rule_name,
        name,
        attribute,
        _TYPES.get(type(value), type(value)),
        repr(value),
        expected,
        ": write {} = {}".format(attribute, advice) if advice else "",
    )

def wrong_item(rule_name, name, attribute, item):
    """What to say of an item that is no string, in a list or a dict of strings.

    Args:
      rule_name: the macro's name.
      name: the target's name.
      attribute: its name.
      item: what was found.

    Returns:
      string.
    """
    return "{}(name = \"{}\"): {}: found {}, {}, in it; expected strings alone: write \"{}\".".format(
        rule_name,
        name,
        attribute,
        _TYPES.get(type(item), type(item)),
        repr(item),
        item,
    )

def check_type(rule_name, name, attribute, value, expected, example = None):
    """Fails unless a value is a list or a dict as it must be, None, or a select.

    Args:
      rule_name: the macro's name, for the message.
      name: the target's name, for the message.
      attribute: its name.
      value: what was found.
      expected: "a dict", or "a list", "a list of dict" and so on.
      example: how such a value is written.
    """
    allowed = ["NoneType", "select"] + (["list", "tuple"] if expected.startswith("a list") else ["dict"])
    if type(value) not in allowed:
        fail(wrong_type(rule_name, name, attribute, value, expected, example))

def listed_twice(rule_name, name, section, labels):
    """What to say of a list of labels in which one stands twice.

    Args:
      rule_name: the macro's name.
      name: the target's name.
      section: the list's name.
      labels: list of pairs, what somebody wrote and the Label that it is.

    Returns:
      string, or None if all are different.
    """
    seen = {}
    for written, label in labels:
        if label in seen:
            first = seen[label]
            return "{}(name = \"{}\"): {}: {} is listed twice{}; keep one of them.".format(
                rule_name,
                name,
                section,
                written,
                "" if first == written else ", first as " + first,
            )
        seen[label] = written
    return None
