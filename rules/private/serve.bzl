"""linuxkit_serve: `bazel run :myimage_serve`, a boot server."""

load("//rules/private:actions.bzl", "tool_attr", "write_words")
load("//rules/private/providers:linuxkit_netboot_info.bzl", "LinuxkitNetbootInfo")

visibility("//rules/...")

def _linuxkit_serve_impl(ctx):
    netboot = ctx.attr.netboot[LinuxkitNetbootInfo]
    files = netboot.files
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = ctx.executable._serve, is_executable = True)

    # What tools/netboot/serve/serve_main.cc reads.
    params = ctx.actions.declare_file(ctx.label.name + ".params")
    flags = ["--name=" + netboot.name]
    flags += ["--file={}={}".format(name, files[name].short_path) for name in sorted(files)]
    write_words(ctx, params, flags + ctx.attr.default_args)
    runfiles = ctx.runfiles(files = [executable, params] + files.values())
    return [DefaultInfo(
        executable = executable,
        files = depset([executable]),
        runfiles = runfiles.merge(ctx.attr._serve[DefaultInfo].default_runfiles),
    )]

linuxkit_serve = rule(
    implementation = _linuxkit_serve_impl,
    doc = """Serves a system by HTTP and TFTP to machines that boot from the network. `-- --help` lists the flags.

It prints where it is and what to write into the configuration of a DHCP server. Limits for each client: docs/formats.md, Network.""",
    attrs = {
        "default_args": attr.string_list(doc = "Flags that stand before the user's."),
        "netboot": attr.label(mandatory = True, providers = [LinuxkitNetbootInfo], doc = "The linuxkit_netboot."),
        "_serve": tool_attr("//tools/netboot/serve:serve"),
    },
    executable = True,
)
