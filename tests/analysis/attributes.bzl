"""What macros say of attributes that they do not have, and of values of a wrong type: the full texts."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")

# No test can expect that a macro fails. So these are tests of what the macros would say.
# buildifier: disable=bzl-visibility
load("//rules/private:attributes.bzl", "listed_twice", "nearest", "unknown_attribute", "wrong_type")

# buildifier: disable=bzl-visibility
load("//rules/private:container_fields.bzl", "CONTAINER_FIELDS", "field_type_problem")

def _nearest_test_impl(ctx):
    env = unittest.begin(ctx)
    fields = CONTAINER_FIELDS.keys()
    for word, expected in {
        "comand": "command",
        "capabilites": "capabilities",
        "oomScoreAdj": "oom_score_adj",
        "binds.add": "binds_add",
        "readOnly": "readonly",
        "read_only": "readonly",
        "envs": "env",
        "frobnicate": None,
        "x": None,
    }.items():
        asserts.equals(env, expected, nearest(word, fields))
    asserts.equals(
        env,
        "linuxkit_service(name = \"web\"): unknown attribute \"comand\"; did you mean \"command\"?",
        unknown_attribute("linuxkit_service", "web", "comand", fields),
    )
    asserts.equals(
        env,
        "linuxkit_image(name = \"os\"): unknown attribute \"frobnicate\"; expected one of: services, files.",
        unknown_attribute("linuxkit_image", "os", "frobnicate", ["services", "files"]),
    )
    return unittest.end(env)

_nearest_test = unittest.make(_nearest_test_impl)

# Attribute, value, what stands behind `linuxkit_service(name = "web"): `.
_WRONG_TYPES = [
    ("binds", "/a:/b", "binds: found a string, \"/a:/b\"; expected a list of strings: write binds = [\"/a:/b\"]."),
    ("binds", {"/a": "/b"}, "binds: found a dict, {\"/a\": \"/b\"}; expected a list of strings."),
    ("command", ["sleep", 1000], "command: found an int, 1000, in it; expected strings alone: write \"1000\"."),
    ("devices", {"path": "all"}, "devices: found a dict, {\"path\": \"all\"}; expected a list of dict: write devices = [{\"path\": \"all\"}]."),
    ("hostname", 5, "hostname: found an int, 5; expected a string: write hostname = \"5\"."),
    ("hostname", ["h"], "hostname: found a list, [\"h\"]; expected a string."),
    ("oom_score_adj", "-5", "oom_score_adj: found a string, \"-5\"; expected an int: write oom_score_adj = -5."),
    ("oom_score_adj", "low", "oom_score_adj: found a string, \"low\"; expected an int."),
    ("readonly", "yes", "readonly: found a string, \"yes\"; expected True or False: write readonly = True."),
    ("readonly", 0, "readonly: found an int, 0; expected True or False: write readonly = False."),
    ("resources", ["x"], "resources: found a list, [\"x\"]; expected a dict."),
    ("sysctl", ["a=b"], "sysctl: found a list, [\"a=b\"]; expected a dict of strings."),
    ("sysctl", {"net.ipv4.ip_forward": 1}, "sysctl: found an int, 1, in it; expected strings alone: write \"1\"."),
    ("uid", ["a"], "uid: found a list, [\"a\"]; expected an int or a string."),
]

def _types_test_impl(ctx):
    env = unittest.begin(ctx)
    for attribute, value, expected in _WRONG_TYPES:
        found = field_type_problem("linuxkit_service", "web", attribute, value)
        asserts.equals(env, "linuxkit_service(name = \"web\"): " + expected, found)
    for attribute, value in [("binds", ["/a:/b"]), ("uid", 5), ("uid", "web"), ("resources", "{}"), ("readonly", False), ("sysctl", {})]:
        asserts.equals(env, None, field_type_problem("linuxkit_service", "web", attribute, value))
    asserts.equals(
        env,
        "linuxkit_image(name = \"os\"): services: found a string, \":web\"; expected a list of labels: write services = [\":web\"].",
        wrong_type("linuxkit_image", "os", "services", ":web", "a list of labels"),
    )
    asserts.equals(
        env,
        "linuxkit_package(name = \"app\"): files: found a list, [\":app\"]; expected a dict: write files = {\"usr/bin/app\": \":app\"}.",
        wrong_type("linuxkit_package", "app", "files", [":app"], "a dict", "{\"usr/bin/app\": \":app\"}"),
    )
    return unittest.end(env)

_types_test = unittest.make(_types_test_impl)

def _listed_twice_test_impl(ctx):
    env = unittest.begin(ctx)
    web, db = Label("//os:web"), Label("//os:db")
    asserts.equals(env, None, listed_twice("linuxkit_image", "os", "services", [(":web", web), (":db", db)]))
    asserts.equals(
        env,
        "linuxkit_image(name = \"os\"): services: :web is listed twice; keep one of them.",
        listed_twice("linuxkit_image", "os", "services", [(":web", web), (":db", db), (":web", web)]),
    )
    asserts.equals(
        env,
        "linuxkit_image(name = \"os\"): onboot: //os:web is listed twice, first as :web; keep one of them.",
        listed_twice("linuxkit_image", "os", "onboot", [(":web", web), ("//os:web", web)]),
    )
    return unittest.end(env)

_listed_twice_test = unittest.make(_listed_twice_test_impl)

def attribute_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    _listed_twice_test(name = "listed_twice")
    _nearest_test(name = "unknown_attributes")
    _types_test(name = "values_of_a_wrong_type")
    native.test_suite(name = name, tests = ["listed_twice", "unknown_attributes", "values_of_a_wrong_type"])
