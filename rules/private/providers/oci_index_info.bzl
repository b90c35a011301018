"""OciIndexInfo: one image for several platforms."""

visibility("//rules/...")

OciIndexInfo = provider(
    doc = "An OCI image index and the images it leads to, as linuxkit_volume(format = \"oci\") takes it.",
    fields = {
        "images": "list of struct: `platform`, in OCI's words (\"linux/arm64/v8\"), and `blobs`, a dict of digest -> File with the " +
                  "manifest, the configuration and the layers. In the index's order; images that nobody needs may be missing.",
        "index": "File: the index, byte for byte.",
        "reference": "string: the image's name, \"docker.io/library/redis:7\".",
    },
)
