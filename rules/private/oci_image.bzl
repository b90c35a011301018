"""linuxkit_oci_image: one image of a layout or archive that holds several."""

load("//rules/private:image_content.bzl", "oci_image_of")
load("//rules/private/providers:oci_image_info.bzl", "OciImageInfo")

visibility("//rules/...")

def _linuxkit_oci_image_impl(ctx):
    image = oci_image_of(ctx.attr.src)
    if image.manifest:
        fail("src: {}: found a single image; expected an OCI layout directory, or an OCI or docker archive. Use it as it is.".format(
            ctx.attr.src.label,
        ))
    return [
        DefaultInfo(files = depset([image.layout])),
        OciImageInfo(
            manifest = None,
            config = None,
            layers = [],
            layout = image.layout,
            reference = ctx.attr.reference,
            image_config = None,
            image_layers = None,
        ),
    ]

linuxkit_oci_image = rule(
    implementation = _linuxkit_oci_image_impl,
    doc = """An image out of an OCI layout or an archive, to be used wherever an `image` is.

Needed if there are several images in it, as after `docker save a:1 b:1`. All who use this target share the unpacked content, which
they do not if each names the archive's file itself.""",
    attrs = {
        "reference": attr.string(
            doc = "Which image is meant: its name there, such as `b:1`, or its digest. Default: the only one.",
        ),
        "src": attr.label(
            allow_files = True,
            doc = "An OCI layout directory, or an OCI or docker archive; plain or compressed with gzip, xz or zstd.",
            mandatory = True,
        ),
    },
    provides = [OciImageInfo],
)
