"""The build settings that every segment-making rule reads."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

visibility("//rules/...")

COMPRESSION_ATTRS = {
    "_compression": attr.label(default = "//rules/settings:compression", providers = [BuildSettingInfo]),
    "_compression_level": attr.label(default = "//rules/settings:compression_level", providers = [BuildSettingInfo]),
}

def add_compression(args, attr):
    """Adds --compression and --level to `args`.

    Args:
      args: the Args of an action; changed.
      attr: ctx.attr of a rule or aspect with COMPRESSION_ATTRS.
    """
    args.add(attr._compression[BuildSettingInfo].value, format = "--compression=%s")
    args.add(str(attr._compression_level[BuildSettingInfo].value), format = "--level=%s")
