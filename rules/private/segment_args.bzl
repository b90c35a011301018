"""The flags that name the segments of a system (tools/initrd/segment_files.h)."""

visibility("//rules/...")

def add_segments(args, segments):
    """Adds --segment, --index and --apk_database of each segment to `args`.

    Args:
      args: the Args of an action; changed.
      segments: list of LinuxkitSegmentInfo.

    Returns:
      list of File: the action's inputs.
    """
    inputs = []
    for segment in segments:
        args.add(segment.segment, format = "--segment=%s")
        args.add(segment.index, format = "--index=%s")
        args.add(segment.apk_database or "", format = "--apk_database=%s")
        inputs += [segment.segment, segment.index] + ([segment.apk_database] if segment.apk_database else [])
    return inputs
