"""`bazel run @linuxkit//:lock`."""

load("//rules/private:actions.bzl", "tool_attr")

visibility("//rules/...")

def _linuxkit_lock_tool_impl(ctx):
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = ctx.executable._lock, is_executable = True)
    return [DefaultInfo(
        executable = executable,
        runfiles = ctx.runfiles(files = ctx.files._registries).merge(ctx.attr._lock[DefaultInfo].default_runfiles),
    )]

linuxkit_lock_tool = rule(
    implementation = _linuxkit_lock_tool_impl,
    doc = "Writes the lock file. The arguments that the hub knows are in `args`.",
    attrs = {
        "_lock": tool_attr("//tools/lock"),
        "_registries": attr.label(default = "//rules/settings:registries"),
    },
    executable = True,
)
