"""kind() of a query finds what users wrote: each rule has the name of its macro, and what a macro declares besides has another."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules:defs.bzl", "linuxkit_boot_test", "linuxkit_files", "linuxkit_image", "linuxkit_init", "linuxkit_onboot", "linuxkit_onshutdown", "linuxkit_package", "linuxkit_service", "linuxkit_volume")

def _kinds_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, ctx.attr.expected, ctx.attr.found)
    return unittest.end(env)

_kinds_test = unittest.make(_kinds_test_impl, attrs = {"expected": attr.string_list_dict(), "found": attr.string_list_dict()})

def kind_tests(name):
    """Declares a system and a test of its targets' kinds.

    Args:
      name: the test's name.
    """
    manual = {"tags": ["manual"]}
    linuxkit_package(name = "kinds_package", files = {"x": "x.txt"}, command = ["/x"], **manual)
    linuxkit_init(name = "kinds_init", image = ":kinds_package", **manual)
    linuxkit_onboot(name = "kinds_onboot", image = ":kinds_package", **manual)
    linuxkit_onshutdown(name = "kinds_onshutdown", image = ":kinds_package", **manual)
    linuxkit_service(name = "kinds_service", image = ":kinds_package", **manual)
    linuxkit_volume(name = "kinds_volume", volume_name = "data", **manual)
    linuxkit_files(name = "kinds_files", files = [{"path": "x", "directory": True}], **manual)
    linuxkit_image(
        name = "kinds_image",
        files = [":kinds_files"],
        init = [":kinds_init"],
        kernel = ":default_kernel",
        onboot = [":kinds_onboot"],
        onshutdown = [":kinds_onshutdown"],
        services = [":kinds_service"],
        volumes = [":kinds_volume"],
        **manual
    )
    linuxkit_boot_test(name = "kinds_boot_test", image = ":kinds_image", **manual)
    kinds = {
        target: rule["kind"]
        for target, rule in native.existing_rules().items()
        if target.startswith("kinds_")
    }
    rules = ["boot_test", "files", "image", "init", "onboot", "onshutdown", "package", "service", "volume"]
    _kinds_test(
        name = name,
        # As in a query, a kind need only contain the name.
        found = {rule: [target for target, kind in kinds.items() if "linuxkit_" + rule in kind] for rule in rules},
        expected = {rule: ["kinds_" + rule] for rule in rules},
    )
