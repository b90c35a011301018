"""`bazel run @linuxkit//:lock`."""

load("//rules/private:actions.bzl", "tool_attr")
load("//rules/private:registries.bzl", "REGISTRIES_ATTRS", "registries_files")

visibility("//rules/...")

def _linuxkit_lock_tool_impl(ctx):
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = ctx.executable._lock, is_executable = True)
    registries = registries_files(ctx)
    return [
        DefaultInfo(
            executable = executable,
            runfiles = ctx.runfiles(files = registries).merge(ctx.attr._lock[DefaultInfo].default_runfiles),
        ),
        # Not `args`: those are the hub's, and cannot name a file that may not be there.
        RunEnvironmentInfo(environment = {"LINUXKIT_REGISTRIES": file.short_path for file in registries}),
    ]

linuxkit_lock_tool = rule(
    implementation = _linuxkit_lock_tool_impl,
    doc = "Writes the lock file. The arguments that the hub knows are in `args`.",
    attrs = REGISTRIES_ATTRS | {
        "_lock": tool_attr("//tools/lock"),
    },
    executable = True,
)
