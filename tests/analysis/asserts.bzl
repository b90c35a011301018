"""Tests of what analysis yields: actions, their command lines, and mistakes with their messages."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

failure_test = analysistest.make(
    _failure_test_impl,
    expect_failure = True,
    attrs = {"message": attr.string(mandatory = True)},
)

def _actions_test_impl(ctx):
    env = analysistest.begin(ctx)
    mnemonics = sorted([action.mnemonic for action in analysistest.target_actions(env)])
    asserts.equals(env, ctx.attr.mnemonics, mnemonics)
    return analysistest.end(env)

actions_test = analysistest.make(_actions_test_impl, attrs = {"mnemonics": attr.string_list()})

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

def _make_command_line_test(config_settings = {}):
    return analysistest.make(
        _command_line_test_impl,
        attrs = {
            "absent": attr.string_list(doc = "No word may begin with these."),
            "mnemonic": attr.string(),
            "prefixes": attr.string_list(doc = "A word must begin with each."),
            "words": attr.string_list(),
        },
        config_settings = config_settings,
    )

command_line_test = _make_command_line_test()

# The same where the target under test is built in another compilation mode than this repository's, and with a setting of the rules.
_FASTBUILD = {"//command_line_option:compilation_mode": "fastbuild"}
fastbuild_command_line_test = _make_command_line_test(_FASTBUILD)
fastbuild_level_command_line_test = _make_command_line_test(_FASTBUILD | {str(Label("//rules/settings:compression_level")): 7})
fastbuild_uncompressed_command_line_test = _make_command_line_test(_FASTBUILD | {str(Label("//rules/settings:compression")): "none"})
