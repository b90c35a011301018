"""Attribute values on their way to a program: whatever characters they hold, each stays one word."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@bazel_skylib//rules:diff_test.bzl", "diff_test")
load("@bazel_skylib//rules:select_file.bzl", "select_file")
load("//rules:defs.bzl", "linuxkit_image", "linuxkit_kernel", "linuxkit_package", "linuxkit_service")
load(":asserts.bzl", "command_line_test")

# The second would be a flag of its own if words were lines.
_WORDS = ["/x", "a\n--entrypoint=/evil\n", "it's", "\"q\"", "back\\slash\\", "", " ", "ü", "$(x) `y` %s"]

def _params_test_impl(ctx):
    env = analysistest.begin(ctx)
    for action in analysistest.target_actions(env):
        if [file for file in action.outputs.to_list() if file.basename.endswith(".params")]:
            lines = action.content.split("\n")
            for line in ctx.attr.lines:
                asserts.true(env, line in lines, "{} not in {}".format(line, lines))
            return analysistest.end(env)
    return analysistest.fail(env, "no parameter file is written")

_params_test = analysistest.make(_params_test_impl, attrs = {"lines": attr.string_list()})

def word_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    linuxkit_package(name = "words_image", command = _WORDS, files = {"x": "x.txt"}, tags = ["manual"])
    linuxkit_service(name = "words", image = ":words_image", tags = ["manual"])
    linuxkit_kernel(name = "words_kernel", tags = ["manual"], vmlinuz = "x.txt")
    linuxkit_image(
        name = "words_system",
        init = [],
        kernel = ":words_kernel",
        qemu_args = ["--kernel-arg=a\n--publish=1:2", "--kernel-arg=it's"],
        services = [":words"],
        tags = ["manual"],
    )
    select_file(name = "words_config", srcs = ":words_system.services.words", subpath = "config.json", tags = ["manual"])

    # From linuxkit_package through make_image and make_bundle into the container's arguments.
    diff_test(
        name = "words_reach_the_container_whole",
        size = "small",
        file1 = "words.config.json",
        file2 = ":words_config",
    )
    _params_test(
        name = "words_reach_the_runner_whole",
        target_under_test = ":words_system_qemu",
        lines = ["'--kernel-arg=a", "--publish=1:2'", "'--kernel-arg=it'\\''s'"],
    )
    linuxkit_package(
        name = "equals_image",
        files = {"100%=": "x.txt"},
        labels = {"a=b": "c=d"},
        symlinks = {"e=f": "g=h"},
        tags = ["manual"],
    )
    command_line_test(
        name = "an_equals_sign_in_a_path_is_no_separator",
        target_under_test = ":equals_image",
        mnemonic = "LinuxkitLayer",
        words = ["--file=100%25%3D=tests/analysis/x.txt", "--symlink=e%3Df=g=h"],
    )
    command_line_test(
        name = "an_equals_sign_in_a_label_is_no_separator",
        target_under_test = ":equals_image",
        mnemonic = "LinuxkitPackage",
        words = ["--label=a%3Db=c=d"],
    )
    native.test_suite(name = name, tests = [
        "an_equals_sign_in_a_label_is_no_separator",
        "an_equals_sign_in_a_path_is_no_separator",
        "words_reach_the_container_whole",
        "words_reach_the_runner_whole",
    ])
