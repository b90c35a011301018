"""linuxkit_onboot, linuxkit_onshutdown and linuxkit_service: containers of a system."""

load("//rules/private:actions.bzl", "owner_name")
load("//rules/private:checks.bzl", "check_name")
load("//rules/private:container_fields.bzl", "CONTAINER_ATTRS", "container_entry", "id_names", "volume_names")
load("//rules/private:entry.bzl", "ENTRY_ATTRS", "parse_entry")
load("//rules/private:image_content.bzl", "IMAGE_CONTENT_ATTRS", "image_attr", "image_content")
load("//rules/private:profile.bzl", "profile_attr")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")

visibility("//rules/...")

def _container_impl(ctx):
    name = ctx.attr.container_name or ctx.label.name
    check_name("container_name" if ctx.attr.container_name else "name", name)
    entry = container_entry(ctx, name, owner_name(ctx.attr.image.label))
    parsed = parse_entry(ctx, ctx.attr._section, entry)
    return [
        DefaultInfo(files = depset([parsed])),
        LinuxkitSectionInfo(
            section = ctx.attr._section,
            name = name,
            entry = parsed,
            content = image_content(ctx, ctx.attr.image),
            id_names = id_names(entry),
            layout = None,
            metadata = {},
            profile = ctx.attr.profile,
            readonly = False,
            sources = [],
            volumes = volume_names(entry),
        ),
    ]

def _container_rule(section):
    return rule(
        implementation = _container_impl,
        doc = "An entry of {}. Its default output is the validated entry.".format(section),
        attrs = CONTAINER_ATTRS | ENTRY_ATTRS | IMAGE_CONTENT_ATTRS | {
            "container_name": attr.string(doc = "The container's name in the system. Default: the target's name."),
            "image": image_attr(
                "The image to run: a target with OciImageInfo, an OCI layout directory, or an OCI or docker archive.",
                mandatory = True,
            ),
            "profile": profile_attr("Defaults where neither the entry nor its image says more. Default: the system's profile."),
            "_section": attr.string(default = section),
        },
        provides = [LinuxkitSectionInfo],
    )

linuxkit_onboot = _container_rule("onboot")

linuxkit_onshutdown = _container_rule("onshutdown")

linuxkit_service = _container_rule("services")
