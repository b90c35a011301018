"""How programs of the guest are linked."""

# Static, because a guest has no C library of ours; without symbols and unused sections, because it is loaded into memory.
STATIC_LINKOPTS = [
    "-static",
    "-Wl,--gc-sections",
    "-s",
]
