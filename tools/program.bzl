"""A program of this repository, compiled the same whatever options the workspace has that uses it."""

# From here on our sources compile.
_NEW_ENOUGH = ["{}{}".format(dialect, year) for dialect in ["c++", "gnu++"] for year in ["20", "2a", "23", "2b", "26", "2c"]]

_CXXOPT = ["//command_line_option:cxxopt", "//command_line_option:host_cxxopt"]

# The public registry's curl takes BoringSSL otherwise, whose functions have the names of the OpenSSL that we use beside it.
_SSL_LIB = str(Label("@curl//:ssl_lib"))

def with_cpp20(options):
    """Compiler options that compile C++20.

    Args:
      options: list of string.

    Returns:
      list of string: the same, with `-std=c++20` at the end unless they ask for C++20 or newer already.
    """
    standards = [option.removeprefix("-std=") for option in options if option.startswith("-std=")]
    return options if standards and standards[-1] in _NEW_ENOUGH else options + ["-std=c++20"]

def _program_transition_impl(settings, _attr):
    return {option: with_cpp20(settings[option]) for option in _CXXOPT} | {_SSL_LIB: "openssl"}

# A transition, because it reaches the libraries below a program, whose ABI must agree. Where the options are set already, as in this
# repository, it changes nothing, and nothing is compiled twice.
_program_transition = transition(
    implementation = _program_transition_impl,
    inputs = _CXXOPT,
    outputs = _CXXOPT + [_SSL_LIB],
)

def _program_impl(ctx):
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = ctx.executable.binary, is_executable = True)
    runfiles = ctx.runfiles(files = [executable]).merge(ctx.attr.binary[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = executable, files = depset([executable]), runfiles = runfiles)]

program = rule(
    implementation = _program_impl,
    doc = "A cc_binary, under the target's name, with all that it depends on compiled as C++20.",
    attrs = {
        "binary": attr.label(executable = True, cfg = "target", mandatory = True),
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
    },
    cfg = _program_transition,
    executable = True,
)
