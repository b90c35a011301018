"""The shape of the graph: which actions a system has, and how many."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "linuxkit_image", "linuxkit_service", "linuxkit_volume")

def _actions_test_impl(ctx):
    env = analysistest.begin(ctx)
    mnemonics = sorted([action.mnemonic for action in analysistest.target_actions(env)])
    asserts.equals(env, ctx.attr.mnemonics, mnemonics)
    return analysistest.end(env)

_actions_test = analysistest.make(_actions_test_impl, attrs = {"mnemonics": attr.string_list()})

def _command_line_test_impl(ctx):
    env = analysistest.begin(ctx)
    for action in analysistest.target_actions(env):
        if action.mnemonic == ctx.attr.mnemonic:
            for word in ctx.attr.words:
                asserts.true(env, word in action.argv, "{} not in {}".format(word, action.argv))
            for prefix in ctx.attr.prefixes:
                asserts.true(env, [arg for arg in action.argv if arg.startswith(prefix)], "{} not in {}".format(prefix, action.argv))
            for word in ctx.attr.absent:
                asserts.false(env, [arg for arg in action.argv if arg.startswith(word)], "{} in {}".format(word, action.argv))
            return analysistest.end(env)
    return analysistest.fail(env, "no action " + ctx.attr.mnemonic)

_command_line_test = analysistest.make(
    _command_line_test_impl,
    attrs = {
        "absent": attr.string_list(doc = "No word may begin with these."),
        "mnemonic": attr.string(),
        "prefixes": attr.string_list(doc = "A word must begin with each."),
        "words": attr.string_list(),
    },
)

def _count_test_impl(ctx):
    env = analysistest.begin(ctx)
    words = [arg for action in analysistest.target_actions(env) for arg in action.argv or []]
    segments = [word for word in words if word.startswith("--segment=")]

    # A bundle for each service, and the image they share once.
    asserts.equals(env, ctx.attr.services + 1, len(segments))
    return analysistest.end(env)

_count_test = analysistest.make(_count_test_impl, attrs = {"services": attr.int()})

def graph_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    _actions_test(
        name = "a_service_checks_its_entry_and_nothing_else",
        target_under_test = ":one",
        mnemonics = ["FileWrite", "LinuxkitSpec"],
    )
    linuxkit_service(name = "by_number", image = ":failures_image", gid = 7, tags = ["manual"], uid = 7)
    linuxkit_service(name = "by_name", image = ":failures_image", gid = "root", tags = ["manual"], uid = "by_number")
    linuxkit_image(name = "ids", services = [":by_number", ":by_name"], tags = ["manual"])
    _command_line_test(
        name = "a_bundle_gets_the_ids_it_names",
        target_under_test = ":ids.services.by_name",
        mnemonic = "LinuxkitBundle",
        words = ["--id=by_number=100", "--path=containers/services/by_name"],
    )
    _command_line_test(
        name = "a_bundle_gets_no_ids_it_does_not_name",
        target_under_test = ":ids.services.by_number",
        mnemonic = "LinuxkitBundle",
        absent = ["--id="],
    )
    linuxkit_volume(name = "arm", format = "oci", image = ":locked_app.index", platforms = ["linux/arm"], tags = ["manual"])
    linuxkit_volume(name = "built", format = "oci", image = ":failures_image", tags = ["manual"])
    linuxkit_image(name = "layouts", volumes = [":arm", ":built"], tags = ["manual"])
    _command_line_test(
        name = "a_layout_has_the_blobs_of_its_platforms",
        target_under_test = ":layouts.volumes.arm",
        mnemonic = "LinuxkitVolume",
        words = ["--reference=docker.io/library/app:1"],
        prefixes = ["--image_index=", "--blob=sha256:v7=", "--blob=sha256:shared=", "--blob=sha256:config_v7=", "--blob=sha256:manifest_v7="],
        absent = ["--blob=sha256:amd64=", "--blob=sha256:manifest_amd64=", "--layer=", "--manifest="],
    )
    _command_line_test(
        name = "a_layout_of_a_built_image_has_its_parts",
        target_under_test = ":layouts.volumes.built",
        mnemonic = "LinuxkitVolume",
        words = ["--reference=tests/analysis:failures_image"],
        prefixes = ["--manifest=", "--config=", "--layer="],
        absent = ["--blob=", "--image_index="],
    )
    _actions_test(
        name = "a_layout_unpacks_nothing",
        target_under_test = ":layouts.volumes.built",
        mnemonics = ["LinuxkitVolume"],
    )
    tests = [
        "a_layout_has_the_blobs_of_its_platforms",
        "a_layout_of_a_built_image_has_its_parts",
        "a_layout_unpacks_nothing",
        "a_bundle_gets_no_ids_it_does_not_name",
        "a_bundle_gets_the_ids_it_names",
        "a_service_checks_its_entry_and_nothing_else",
    ]
    for count in [1, 10, 100]:
        services = []
        for i in range(count):
            services.append("many_{}_{}".format(count, i))
            linuxkit_service(name = services[-1], image = ":failures_image", tags = ["manual"])
        linuxkit_image(name = "many_{}".format(count), services = services, tags = ["manual"])
        test = "{}_services_share_their_image".format(count)
        _count_test(name = test, target_under_test = ":many_{}".format(count), services = count)
        tests.append(test)
    native.test_suite(name = name, tests = tests)
