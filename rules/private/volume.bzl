"""linuxkit_volume: a directory that containers share by name."""

load("//rules/private:actions.bzl", "owner_name")
load("//rules/private:entry.bzl", "ENTRY_ATTRS", "parse_entry")
load("//rules/private:image_content.bzl", "image_content_aspect")
load("//rules/private/providers:linuxkit_image_content_info.bzl", "LinuxkitImageContentInfo")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")

visibility("//rules/...")

def _linuxkit_volume_impl(ctx):
    name = ctx.attr.volume_name or ctx.label.name
    for character in name.elems():
        if not (character.isdigit() or (character.islower() and character <= "z") or character in "_-"):
            fail("invalid volume name: found \"{}\"; expected only a-z, 0-9, \"_\" and \"-\".".format(name))
    entry = {"name": name, "readonly": ctx.attr.readonly}
    if ctx.attr.image:
        entry["image"] = owner_name(ctx.attr.image.label)
    parsed = parse_entry(ctx, "volumes", entry)
    return [
        DefaultInfo(files = depset([parsed])),
        LinuxkitSectionInfo(
            section = "volumes",
            name = name,
            entry = parsed,
            content = ctx.attr.image[LinuxkitImageContentInfo] if ctx.attr.image else None,
            id_names = [],
            metadata = {},
            readonly = ctx.attr.readonly,
            sources = [],
        ),
    ]

linuxkit_volume = rule(
    implementation = _linuxkit_volume_impl,
    doc = """An entry of `volumes`: a directory, empty or filled from an image, that containers bind by name.

A container refers to it with `binds = ["NAME:/path"]`. It is writable in RAM at run time; `readonly` only forbids
containers to bind it for writing, as in LinuxKit.""",
    attrs = ENTRY_ATTRS | {
        "image": attr.label(
            doc = "The content to begin with. Default: empty.",
            aspects = [image_content_aspect],
        ),
        "readonly": attr.bool(doc = "Whether containers may bind it only with the option `ro`."),
        "volume_name": attr.string(doc = "The volume's name. Default: the target's name."),
    },
    provides = [LinuxkitSectionInfo],
)
