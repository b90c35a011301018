"""The profile of a container: its defaults where neither its entry nor its image says more. docs/security.md describes both."""

load("//rules/private:attributes.bzl", "nearest", "wrong_type")

visibility(["//rules/...", "//tests/..."])

_PROFILES = ["linuxkit", "hardened"]

def profile_attr(doc):
    """An attribute for a profile.

    Args:
      doc: what it is for.

    Returns:
      A string attribute; "" if nothing is said.
    """
    return attr.string(doc = doc, values = [""] + _PROFILES)

def _quoted(words):
    return ", ".join(["\"{}\"".format(word) for word in words])

def profile_problem(rule_name, name, attribute, value):
    """What is wrong with a profile.

    Args:
      rule_name: the macro's name.
      name: the target's name.
      attribute: what the profile was given as.
      value: what a user gave; None for nothing.

    Returns:
      string, or None.
    """
    if type(value) in ["NoneType", "select"] or value in _PROFILES:
        return None
    if type(value) != "string":
        return wrong_type(rule_name, name, attribute, value, "\"linuxkit\" or \"hardened\"")
    near = nearest(value, _PROFILES)
    return "{}(name = \"{}\"): {}: found \"{}\"; expected \"linuxkit\" or \"hardened\"{}.".format(
        rule_name,
        name,
        attribute,
        value,
        ": write \"{}\"".format(near) if near else "",
    )

def profiles_problem(rule_name, name, profiles, containers):
    """What is wrong with the profiles of containers that are given by name.

    Args:
      rule_name: the macro's name.
      name: the target's name.
      profiles: what a user gave.
      containers: list of string, the names of the system's containers.

    Returns:
      string, or None.
    """
    if type(profiles) != "dict":
        return wrong_type(rule_name, name, "profiles", profiles, "a dict", "{\"getty\": \"linuxkit\"}")
    for container, profile in profiles.items():
        if container not in containers:
            near = nearest(container, containers) if type(container) == "string" else None
            return "{}(name = \"{}\"): profiles: found {}, which no container is called; {}".format(
                rule_name,
                name,
                repr(container),
                "did you mean \"{}\"?".format(near) if near else "expected one of: {}.".format(_quoted(containers)),
            )
        problem = profile_problem(rule_name, name, "profiles[\"{}\"]".format(container), profile)
        if problem:
            return problem
    return None

def check_profile(rule_name, name, value):
    """Fails unless a profile is one, None, or a select.

    Args:
      rule_name: the macro's name, for the message.
      name: the target's name, for the message.
      value: what a user gave.
    """
    problem = profile_problem(rule_name, name, "profile", value)
    if problem:
        fail(problem)
