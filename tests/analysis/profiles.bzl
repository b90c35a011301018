"""Profiles of containers: which one a bundle gets, in both forms of a system, and what mistakes are called."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules:defs.bzl", "linuxkit_image", "linuxkit_onboot", "linuxkit_service")
load("//rules:hub.bzl", "locked_linuxkit_image")

# buildifier: disable=bzl-visibility
load("//rules/private:profile.bzl", "profile_problem", "profiles_problem")
load(":asserts.bzl", "command_line_test")

def _messages_test_impl(ctx):
    env = unittest.begin(ctx)
    for value in [None, "linuxkit", "hardened"]:
        asserts.equals(env, None, profile_problem("linuxkit_service", "web", "profile", value))
    for value, expected in {
        "harden": "found \"harden\"; expected \"linuxkit\" or \"hardened\": write \"hardened\".",
        "secure": "found \"secure\"; expected \"linuxkit\" or \"hardened\".",
        "": "found \"\"; expected \"linuxkit\" or \"hardened\".",
        True: "found a bool, True; expected \"linuxkit\" or \"hardened\".",
    }.items():
        asserts.equals(
            env,
            "linuxkit_service(name = \"web\"): profile: " + expected,
            profile_problem("linuxkit_service", "web", "profile", value),
        )
    names = ["dhcp", "getty", "web"]
    asserts.equals(env, None, profiles_problem("linuxkit_image", "os", {}, names))
    asserts.equals(env, None, profiles_problem("linuxkit_image", "os", {"getty": "linuxkit", "web": "hardened"}, names))
    for profiles, expected in [
        ({"gety": "linuxkit"}, "profiles: found \"gety\", which no container is called; did you mean \"getty\"?"),
        (
            {"firewall": "linuxkit"},
            "profiles: found \"firewall\", which no container is called; expected one of: \"dhcp\", \"getty\", \"web\".",
        ),
        ({"getty": "none"}, "profiles[\"getty\"]: found \"none\"; expected \"linuxkit\" or \"hardened\"."),
        (["getty"], "profiles: found a list, [\"getty\"]; expected a dict: write profiles = {\"getty\": \"linuxkit\"}."),
    ]:
        asserts.equals(
            env,
            "linuxkit_image(name = \"os\"): " + expected,
            profiles_problem("linuxkit_image", "os", profiles, names),
        )
    return unittest.end(env)

_messages_test = unittest.make(_messages_test_impl)

def _image(label):
    return {"text": label, "label": label}

def _lock():
    entry = {"image": _image("//tests/analysis:failures_image")}
    config = {
        "config": "//tests/analysis:x.txt",
        "onboot": [entry | {"name": "setup"}],
        "services": [entry | {"name": "web"}],
    }
    return struct(
        name = "//tests/analysis:linuxkit.lock.json",
        command = "",
        problem = None,
        configs = {"//tests/analysis:x.txt": config},
        missing_packages = [],
        images = {},
    )

def profile_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    _messages_test(name = "messages_about_profiles")
    tests = ["messages_about_profiles"]
    linuxkit_onboot(name = "profile_setup", image = ":failures_image", tags = ["manual"])
    linuxkit_service(name = "profile_own", image = ":failures_image", profile = "linuxkit", tags = ["manual"])
    sections = {"init": [], "kernel": None, "onboot": [":profile_setup"], "services": [":profile_own"], "tags": ["manual"]}
    linuxkit_image(name = "profile_none", **sections)
    linuxkit_image(name = "profile_all", profile = "hardened", **sections)
    locked_linuxkit_image("profile_yaml_none", _lock(), "x.txt", None, {"tags": ["manual"]})
    locked_linuxkit_image(
        "profile_yaml",
        _lock(),
        "x.txt",
        None,
        {"profile": "hardened", "profiles": {"web": "linuxkit"}, "tags": ["manual"]},
    )
    for target, profile in {
        "profile_none.onboot.profile_setup": None,
        "profile_none.services.profile_own": "linuxkit",
        "profile_all.onboot.profile_setup": "hardened",
        "profile_all.services.profile_own": "linuxkit",
        "profile_yaml_none.onboot.setup": None,
        "profile_yaml.onboot.setup": "hardened",
        "profile_yaml.services.web": "linuxkit",
    }.items():
        test = "profile_of_" + target.replace(".", "_")
        command_line_test(
            name = test,
            target_under_test = ":" + target,
            mnemonic = "LinuxkitBundle",
            words = ["--profile=" + profile] if profile else [],
            absent = [] if profile else ["--profile="],
        )
        tests.append(test)
    native.test_suite(name = name, tests = tests)
