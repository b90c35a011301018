"""OciImageInfo: a container image as Bazel knows it."""

visibility("//rules/...")

OciImageInfo = provider(
    doc = """An OCI image, given in one of two ways.

Either by its parts (`manifest`, `config` and `layers`), or as a whole (`layout`), when only running an action can tell what
is inside. Rules that make images return it; so may rules of other rulesets.""",
    fields = {
        "config": "File: the image configuration JSON. None if `layout` is given.",
        "image_config": "File or None: what import_image or make_image found out about the image (ImageConfig of " +
                        "tools/oci/image.proto). None: it will be worked out.",
        "image_layers": "File or None: as `image_config`, the layers' descriptors (ImageLayers of tools/oci/image.proto).",
        "layers": "list of File: the layer blobs, bottom first, compressed as stored. Empty if `layout` is given.",
        "layout": "File or None: an OCI layout directory, or an OCI or docker archive (a tar).",
        "manifest": "File: the image manifest JSON. None if `layout` is given.",
    },
)
