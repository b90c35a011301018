"""The module extension behind the default toolchains. Users need not call it; see rules/toolchains/defs.bzl for programs of your own."""

load("//rules/private:boot_programs.bzl", _boot_programs = "boot_programs")

def _boot_programs_impl(_mctx):
    _boot_programs(name = "linuxkit_boot_programs")

boot_programs = module_extension(
    implementation = _boot_programs_impl,
    doc = "Makes @linuxkit_boot_programs of the boot programs that this machine has installed.",
)
