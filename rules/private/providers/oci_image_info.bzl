"""OciImageInfo: a container image as Bazel knows it."""

visibility("//rules/...")

OciImageInfo = provider(
    doc = """An OCI image, given in one of two ways.

Either by its parts (`manifest`, `config` and `layers`), or as a whole (`layout`), when only running an action can tell what
is inside. An image on top of another one may have both: `layers` are the uppermost then, and `layout` has the others. Rules that make
images return it; so may rules of other rulesets.""",
    fields = {
        "config": "File: the image configuration JSON. None if the image is `layout` alone.",
        "image_config": "File or None: what import_image or make_image found out about the image (ImageConfig of " +
                        "tools/oci/image.proto). None: it will be worked out.",
        "image_layers": "File or None: as `image_config`, the layers' descriptors (ImageLayers of tools/oci/image.proto).",
        "layers": "list of File: the layer blobs, bottom first, compressed as stored. Those that are missing are in `layout`.",
        "layout": "File or None: an OCI layout directory, or an OCI or docker archive (a tar).",
        "manifest": "File: the image manifest JSON. None if the image is `layout` alone.",
        "reference": "string: which image of `layout` is meant, see linuxkit_oci_image. Empty, None or not given: there is no choice.",
    },
)
