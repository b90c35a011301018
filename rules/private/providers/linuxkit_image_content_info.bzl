"""LinuxkitImageContentInfo: what an image contributes to every system that uses it."""

visibility([
    "//rules/...",
    # Counts the actions of the aspect that provides it.
    "//tests/analysis",
])

LinuxkitImageContentInfo = provider(
    doc = "What can be made from a container image without knowing its use, so that all uses share it.",
    fields = {
        "container": "LinuxkitSegmentInfo: the content under containers/images/CHAIN_ID/rootfs.",
        "image_config": "File: ImageConfig of tools/oci/image.proto.",
        "image_layers": "File: ImageLayers of tools/oci/image.proto.",
        "init": "LinuxkitSegmentInfo: the content at the root of the system.",
        "layers": "list of File: the layers, from the bottom; with `layout` only the uppermost, or none.",
        "layout": "File or None: an OCI layout directory or an archive with the layers that `layers` lacks.",
        "platform": "string: what the image was chosen for, in OCI's words: \"linux/arm64\".",
        "reference": "string: which image of `layout` is meant; empty if there is no choice.",
    },
)
