"""What a volume of format oci is made from: an image with all its platforms."""

load("//rules/private:actions.bzl", "owner_name")
load("//rules/private:image_content.bzl", "add_tree", "blobs_of", "oci_image_of", "reference_of")
load("//rules/private/providers:oci_index_info.bzl", "OciIndexInfo")

visibility("//rules/...")

def check_platforms(attribute, platforms):
    """Fails unless every platform is `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`.

    Args:
      attribute: its name, for the message.
      platforms: list of string.
    """
    for platform in platforms:
        parts = platform.split("/")
        if len(parts) not in [2, 3] or "" in parts:
            fail(("{}: found \"{}\"; expected \"OS/ARCHITECTURE\" or \"OS/ARCHITECTURE/VARIANT\", such as " +
                  "\"linux/arm64/v8\".").format(attribute, platform))

def _is_wanted(platform, wanted):
    """Whether a volume for the platforms `wanted` holds the image (tools/oci/select_images.h says the same)."""
    parts = platform.split("/")
    prefixes = [text.split("/") for text in wanted]
    return not wanted or bool([prefix for prefix in prefixes if parts[:len(prefix)] == prefix])

def layout_of(target, platforms):
    """The layout that a volume holds.

    Args:
      target: with OciIndexInfo, or anything that containers take as an image.
      platforms: list of string; empty for all.

    Returns:
      struct for `add_layout`.
    """
    if OciIndexInfo not in target:
        # What Bazel built has no name in a registry.
        reference = ":".join([part for part in [target.label.package, target.label.name] if part])
        return struct(reference = reference, label = target.label, index = None, blobs = {}, image = oci_image_of(target))
    info = target[OciIndexInfo]
    blobs = {}
    for image in info.images:
        if _is_wanted(image.platform, platforms):
            blobs |= image.blobs
    return struct(reference = info.reference, label = target.label, index = info.index, blobs = blobs, image = None)

def add_layout(args, layout):
    """Tells tools/bundle:make_volume where the image is.

    Args:
      args: Args; changed.
      layout: of `layout_of`.

    Returns:
      list of File: the action's further inputs.
    """
    args.add(layout.reference, format = "--reference=%s")
    if layout.index:
        args.add(layout.index, format = "--image_index=%s")
        for digest, blob in layout.blobs.items():
            args.add(blob, format = "--blob={}=%s".format(digest))
        return [layout.index] + layout.blobs.values()
    image = layout.image
    args.add(owner_name(layout.label), format = "--image=%s")
    args.add_all(image.layers, format_each = "--layer=%s")
    if image.layout:
        add_tree(args, image.layout)
        if reference_of(image):
            args.add(reference_of(image), format = "--choose=%s")
    if not image.manifest:
        return blobs_of(image)
    args.add(image.manifest, format = "--manifest=%s")
    args.add(image.config, format = "--config=%s")
    return [image.manifest, image.config] + blobs_of(image)
