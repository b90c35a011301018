"""LinuxkitImageContentInfo: what an image contributes to every system that uses it."""

visibility([
    "//rules/...",
    # Counts the actions of the aspect that provides it.
    "//tests/analysis",
])

LinuxkitImageContentInfo = provider(
    doc = "What can be made from a container image without knowing its use, so that all uses share it.",
    fields = {
        "blobs": "list of File: what the layers are read from: layer blobs, or a layout.",
        "blobs_are_layout": "bool: `blobs` is one OCI layout directory or archive.",
        "container": "LinuxkitSegmentInfo: the content under containers/images/CHAIN_ID/rootfs.",
        "image_config": "File: ImageConfig of tools/oci/image.proto.",
        "image_layers": "File: ImageLayers of tools/oci/image.proto.",
        "init": "LinuxkitSegmentInfo: the content at the root of the system.",
        "platform": "string: what the image was chosen for, in OCI's words: \"linux/arm64\".",
    },
)
