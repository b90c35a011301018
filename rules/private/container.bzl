"""linuxkit_onboot, linuxkit_onshutdown and linuxkit_service: containers of a system."""

load("//rules/private:actions.bzl", "owner_name")
load("//rules/private:checks.bzl", "check_name")
load("//rules/private:container_fields.bzl", "CONTAINER_ATTRS", "container_attributes", "container_entry", "id_names")
load("//rules/private:entry.bzl", "ENTRY_ATTRS", "parse_entry")
load("//rules/private:image_content.bzl", "image_content_aspect")
load("//rules/private/providers:linuxkit_image_content_info.bzl", "LinuxkitImageContentInfo")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")

visibility("//rules/...")

def _container_impl(ctx):
    name = ctx.attr.container_name or ctx.label.name
    check_name("container_name" if ctx.attr.container_name else "name", name)
    entry = container_entry(ctx, name, owner_name(ctx.attr.image.label))
    parsed = parse_entry(ctx, ctx.attr.section, entry)
    return [
        DefaultInfo(files = depset([parsed])),
        LinuxkitSectionInfo(
            section = ctx.attr.section,
            name = name,
            entry = parsed,
            content = ctx.attr.image[LinuxkitImageContentInfo],
            id_names = id_names(entry),
            layout = None,
            metadata = {},
            readonly = False,
            sources = [],
        ),
    ]

_container = rule(
    implementation = _container_impl,
    doc = "An entry of onboot, onshutdown or services. Its default output is the validated entry.",
    attrs = CONTAINER_ATTRS | ENTRY_ATTRS | {
        "container_name": attr.string(doc = "The container's name in the system. Default: the target's name."),
        "image": attr.label(
            doc = "The image to run: a target with OciImageInfo, an OCI layout directory, or an OCI or docker archive.",
            mandatory = True,
            aspects = [image_content_aspect],
        ),
        "section": attr.string(doc = "onboot, onshutdown or services.", mandatory = True),
    },
    provides = [LinuxkitSectionInfo],
)

# Attributes that all rules have; everything else a macro is given must be a field of the entry.
_COMMON = ["compatible_with", "deprecation", "exec_compatible_with", "exec_properties", "features", "restricted_to", "tags", "target_compatible_with", "testonly", "visibility"]

def container_macro(rule_name, section, name, image, container_name, kwargs):
    """Declares a container target.

    Args:
      rule_name: the macro's name, for messages.
      section: onboot, onshutdown or services.
      name: the target's name.
      image: label of the image.
      container_name: the container's name or None.
      kwargs: fields of the entry and attributes common to all rules.
    """
    common = {key: value for key, value in kwargs.items() if key in _COMMON}
    fields = {key: value for key, value in kwargs.items() if key not in _COMMON}
    _container(
        name = name,
        image = image,
        container_name = container_name,
        section = section,
        **(common | container_attributes(rule_name, name, fields))
    )
