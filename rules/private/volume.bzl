"""linuxkit_volume: a directory that containers share by name."""

load("//rules/private:actions.bzl", "owner_name")
load("//rules/private:entry.bzl", "ENTRY_ATTRS", "parse_entry")
load("//rules/private:image_content.bzl", "IMAGE_CONTENT_ATTRS", "image_attr", "image_content")
load("//rules/private:oci_layout.bzl", "check_platforms", "layout_of")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")

visibility("//rules/...")

def _check_name(name):
    for character in name.elems():
        if not (character.isdigit() or (character.islower() and character <= "z") or character in "_-"):
            fail("invalid volume name: found \"{}\"; expected only a-z, 0-9, \"_\" and \"-\".".format(name))

def _linuxkit_volume_impl(ctx):
    name = ctx.attr.volume_name or ctx.label.name
    _check_name(name)
    check_platforms("platforms", ctx.attr.platforms)
    if ctx.attr.platforms and ctx.attr.format != "oci":
        fail("platforms: found with format \"{}\"; expected them with format \"oci\" alone.".format(ctx.attr.format))
    image = ctx.attr.image or ctx.attr.layout
    entry = {"name": name, "readonly": ctx.attr.readonly}
    if ctx.attr.format == "oci":
        entry |= {"format": "oci", "platforms": ctx.attr.platforms}
    if image:
        entry["image"] = owner_name(image.label)
    parsed = parse_entry(ctx, "volumes", entry)
    return [
        DefaultInfo(files = depset([parsed])),
        LinuxkitSectionInfo(
            section = "volumes",
            name = name,
            entry = parsed,
            content = image_content(ctx, ctx.attr.image) if ctx.attr.image else None,
            id_names = [],
            layout = layout_of(ctx.attr.layout, ctx.attr.platforms) if ctx.attr.layout else None,
            metadata = {},
            readonly = ctx.attr.readonly,
            sources = [],
        ),
    ]

linuxkit_volume = rule(
    implementation = _linuxkit_volume_impl,
    attrs = ENTRY_ATTRS | IMAGE_CONTENT_ATTRS | {
        "format": attr.string(default = "filesystem", values = ["filesystem", "oci"]),
        "image": image_attr("The content to begin with. Default: empty."),
        "layout": attr.label(allow_files = True, doc = "The same for format oci, which unpacks nothing and may hold images of any platform."),
        "platforms": attr.string_list(doc = "Which images of `layout` are held. Default: all."),
        "readonly": attr.bool(doc = "Whether containers may bind it only with the option `ro`."),
        "volume_name": attr.string(doc = "The volume's name. Default: the target's name."),
    },
    provides = [LinuxkitSectionInfo],
)
