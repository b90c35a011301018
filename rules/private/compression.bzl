"""The build settings that every segment-making rule reads."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

visibility("//rules/...")

COMPRESSION_ATTRS = {
    "_compression": attr.label(default = "//rules/settings:compression", providers = [BuildSettingInfo]),
    "_compression_level": attr.label(default = "//rules/settings:compression_level", providers = [BuildSettingInfo]),
}

# What the tools take for the format's default.
_DEFAULT_LEVEL = 0
_FASTEST_LEVEL = 1

def add_compression(args, attr, compilation_mode = "opt"):
    """Adds --compression and --level to `args`.

    Args:
      args: the Args of an action; changed.
      attr: ctx.attr of a rule or aspect with COMPRESSION_ATTRS.
      compilation_mode: ctx.var["COMPILATION_MODE"] for what is only booted: unless a level is set, "opt" is for size and the
        others for the time from an edit to a boot. Left out for what has a digest that others know.
    """
    compression = attr._compression[BuildSettingInfo].value
    level = attr._compression_level[BuildSettingInfo].value
    if level == _DEFAULT_LEVEL and compilation_mode != "opt" and compression != "none":
        level = _FASTEST_LEVEL
    args.add(compression, format = "--compression=%s")
    args.add(str(level), format = "--level=%s")
