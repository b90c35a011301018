"""What stands for a boot program that is not installed."""

load("//rules/private/providers:missing_program_info.bzl", "MissingProgramInfo")

visibility("public")

def _missing_program_impl(ctx):
    return [MissingProgramInfo(message = "{}: {}. Install {} (Debian's name) or register a toolchain of your own, see docs/formats.md. ".format(
        ctx.label.name,
        ctx.attr.reason,
        ctx.attr.package,
    ) + "./bazelw has it in its build root.")]

missing_program = rule(
    implementation = _missing_program_impl,
    attrs = {
        "package": attr.string(mandatory = True),
        "reason": attr.string(mandatory = True),
    },
)
