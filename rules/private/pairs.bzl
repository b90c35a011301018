"""Flags that join two texts, --label=KEY=VALUE. Their keys may have a "=" (tools/base/pair.h)."""

visibility("//rules/...")

def _encoded(key):
    return key.replace("%", "%25").replace("=", "%3D")

def pair_flag(flag, key, value):
    """The word for a key and a text.

    Args:
      flag: the flag's name.
      key: str, whatever users write.
      value: what stands behind it.

    Returns:
      str: --FLAG=KEY=VALUE.
    """
    return "--{}={}={}".format(flag, _encoded(key), value)

def pair_format(flag, key):
    """The format of Args.add for a key and a File.

    Args:
      flag: the flag's name.
      key: str, whatever users write.

    Returns:
      str: --FLAG=KEY=%s.
    """
    return "--{}={}=%s".format(flag, _encoded(key).replace("%", "%%"))
