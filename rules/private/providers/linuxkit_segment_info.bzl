"""LinuxkitSegmentInfo: one part of an initramfs."""

visibility("//rules/...")

LinuxkitSegmentInfo = provider(
    doc = """One segment of an initramfs: a newc cpio archive, compressed on its own and padded to four bytes.

An initrd is the concatenation of segments, see docs/architecture.md.""",
    fields = {
        "apk_database": "File or None: the segment's lib/apk/db/installed (empty if it has none), for init images only, whose " +
                        "databases are merged.",
        "index": "File: what is inside, without the bytes (SegmentIndex of tools/segment/segment.proto).",
        "segment": "File: the segment.",
        "source": "File or None: the archive or layout that it has the content of. Given where each who uses it makes a segment of its " +
                  "own, of which a system needs one.",
    },
)
