"""Systems in QEMU: `bazel run :myimage_qemu` and linuxkit_boot_test."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//rules/private:actions.bzl", "tool_attr", "write_words")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")

visibility("//rules/...")

def _system_files(image):
    """The files of a system that QEMU boots."""
    return [image.kernel, image.initrd, image.cmdline, image.initrd_info]

def _link_program(ctx, program, suffix):
    """A program of ours under the target's name. It reads the file NAME + suffix beside the name it is started by.

    Returns:
      The executable File and the file that it reads, which the caller writes.
    """
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = program, is_executable = True)
    return executable, ctx.actions.declare_file(ctx.label.name + suffix)

def _format_flags(ctx):
    """What `--boot` builds, with labels that mean the same wherever Bazel is started."""
    package = "@@{}//{}:".format(ctx.label.repo_name, ctx.label.package)
    return [
        "--format={}={}".format(format, label if "//" in label else package + label.removeprefix(":"))
        for format, label in ctx.attr.formats.items()
    ]

def _linuxkit_qemu_impl(ctx):
    image = ctx.attr.image[LinuxkitImageInfo]
    params = [
        "--name=" + ctx.attr.image.label.name,
        "--kernel=" + image.kernel.short_path,
        "--initrd=" + image.initrd.short_path,
        "--cmdline=" + image.cmdline.short_path,
        "--initrd-info=" + image.initrd_info.short_path,
    ] + _format_flags(ctx) + ctx.attr.default_args
    executable, params_file = _link_program(ctx, ctx.executable._run, ".params")
    write_words(ctx, params_file, params)
    runfiles = ctx.runfiles(files = [executable, params_file] + _system_files(image))
    return [DefaultInfo(
        executable = executable,
        files = depset([executable]),
        runfiles = runfiles.merge(ctx.attr._run[DefaultInfo].default_runfiles),
    )]

linuxkit_qemu = rule(
    implementation = _linuxkit_qemu_impl,
    doc = "Boots a system in QEMU, its console on the terminal. `-- --help` lists the flags.",
    attrs = {
        "default_args": attr.string_list(doc = "Flags that stand before the user's."),
        "formats": attr.string_dict(
            doc = "dict: a format of `--boot` -> label of the target that builds it. They are not dependencies: one is built when it is booted.",
        ),
        "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo]),
        "_run": tool_attr("//tools/qemu:run"),
    },
    executable = True,
)

def _decoded(attribute, texts):
    """JSON objects that the macro made of dicts."""
    objects = [json.decode(text) for text in texts]
    for value in objects:
        if type(value) != "dict":
            fail("{}: found {}; expected a dict.".format(attribute, value))
    return objects

def _boot_plan(ctx):
    """What the machine boots from instead of kernel and initrd.

    Args:
      ctx: the context of linuxkit_boot_test.

    Returns:
      dict, a part of the plan (tools/qemu/test_plan.h), and runfiles.
    """
    plan = {key: getattr(ctx.attr, key) for key in ["attach", "boot", "bootfile", "firmware", "machine", "refused"] if getattr(ctx.attr, key)}
    files = [file for target in ctx.attr.medium for file in target[DefaultInfo].files.to_list()]
    runfiles = ctx.runfiles(files = files + ctx.files.firmware_vars)
    if files:
        plan["boot_files"] = [file.short_path for file in files]
    if ctx.attr.firmware_vars:
        plan["firmware_vars"] = ctx.file.firmware_vars.short_path
    if ctx.attr.netboot_server:
        plan["netboot_server"] = ctx.executable.netboot_server.short_path
        runfiles = runfiles.merge(ctx.attr.netboot_server[DefaultInfo].default_runfiles)
    return plan, runfiles

def _linuxkit_boot_test_impl(ctx):
    image = ctx.attr.image[LinuxkitImageInfo]
    if not image.kernel:
        fail("image: {} has no kernel; expected a linuxkit_image with one.".format(ctx.attr.image.label))
    plan = {
        "kernel": image.kernel.short_path,
        "initrd": image.initrd.short_path,
        "cmdline": image.cmdline.short_path,
        "initrd_info": image.initrd_info.short_path,
        "accel": ctx.attr.accel or ctx.attr._accel[BuildSettingInfo].value,
        "cpus": ctx.attr.cpus,
        "kernel_args": ctx.attr.kernel_args,
        "channel": ctx.attr.channel,
        "deadline_scale": ctx.attr._deadline_percent[BuildSettingInfo].value / 100.0,
        "allow_failed": ctx.attr.allow_failed,
        "expect": ctx.attr.expect,
        "forbid": ctx.attr.forbid,
        "ports": _decoded("ports", ctx.attr.ports),
        "commands": _decoded("commands", ctx.attr.commands),
    }
    if ctx.attr.mem:
        plan["mem"] = ctx.attr.mem
    if ctx.attr.networking:
        plan["networking"] = ctx.attr.networking
    if ctx.attr.smbios:
        plan["smbios"] = ctx.attr.smbios
    boot, boot_runfiles = _boot_plan(ctx)
    plan.update(boot)
    executable, plan_file = _link_program(ctx, ctx.executable._boot_test, ".plan.json")
    ctx.actions.write(plan_file, json.encode_indent(plan, indent = "  ") + "\n")
    runfiles = ctx.runfiles(files = [executable, plan_file] + _system_files(image))
    return [
        DefaultInfo(
            executable = executable,
            runfiles = runfiles.merge_all([boot_runfiles, ctx.attr._boot_test[DefaultInfo].default_runfiles]),
        ),
        testing.ExecutionInfo({"cpu:2": ""}),
    ]

linuxkit_boot_test = rule(
    implementation = _linuxkit_boot_test_impl,
    attrs = {
        "accel": attr.string(values = ["", "auto", "kvm", "tcg"]),
        "allow_failed": attr.string_list(doc = "Containers that may fail."),
        "attach": attr.string(values = ["", "cd", "usb", "virtio", "ide", "nvme", "scsi"]),
        "boot": attr.string(),
        "bootfile": attr.string(),
        "channel": attr.string(default = "guest", values = ["guest", "console", "none", "off"]),
        "commands": attr.string_list(),
        "cpus": attr.int(default = 1),
        "expect": attr.string_list(),
        "firmware": attr.string(values = ["", "seabios", "ovmf", "ovmf-secureboot"]),
        "firmware_vars": attr.label(allow_single_file = True),
        "forbid": attr.string_list(),
        "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo]),
        "kernel_args": attr.string_list(),
        "machine": attr.string(values = ["", "q35", "pc"]),
        "medium": attr.label_list(allow_files = True),
        "mem": attr.int(),
        "netboot_server": attr.label(executable = True, cfg = "exec"),
        "networking": attr.string(values = ["", "restricted", "user"]),
        "ports": attr.string_list(),
        "refused": attr.string_list(),
        "smbios": attr.string_list(),
        "_accel": attr.label(default = "//rules/settings:test_accel", providers = [BuildSettingInfo]),
        "_boot_test": tool_attr("//tools/qemu:boot_test"),
        "_deadline_percent": attr.label(default = "//rules/settings:test_deadline_percent", providers = [BuildSettingInfo]),
    },
    test = True,
)
