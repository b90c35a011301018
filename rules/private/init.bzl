"""linuxkit_init: an image unpacked at the root of the system."""

load("//rules/private:image_content.bzl", "IMAGE_CONTENT_ATTRS", "image_attr", "image_content")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")

visibility("//rules/...")

def _linuxkit_init_impl(ctx):
    content = image_content(ctx, ctx.attr.image)
    return [
        DefaultInfo(files = depset([content.init.segment])),
        LinuxkitSectionInfo(
            section = "init",
            name = ctx.label.name,
            entry = None,
            content = content,
            id_names = [],
            layout = None,
            metadata = {},
            readonly = False,
            sources = [],
        ),
    ]

def _init_rule(doc):
    return rule(
        implementation = _linuxkit_init_impl,
        doc = doc,
        attrs = IMAGE_CONTENT_ATTRS | {
            "image": image_attr(
                "A target with OciImageInfo, an OCI layout directory, or an OCI or docker archive.",
                mandatory = True,
            ),
        },
        provides = [LinuxkitSectionInfo],
    )

linuxkit_init = _init_rule("""An entry of `init`: an image whose files form the root of the system.

Later entries override earlier ones. The default output is the image's segment of the initrd.""")

linuxkit_config_init = _init_rule("The same, from YAML files.")
