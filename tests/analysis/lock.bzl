"""A lock file's images, made up: their digests tell what they are of."""

def _descriptor(name):
    return {"media_type": "x", "digest": "sha256:" + name, "size": 1}

def _platform(platform, name):
    return {
        "platform": platform,
        "manifest": _descriptor("manifest_" + name),
        "config": _descriptor("config_" + name),
        "layers": [_descriptor("shared"), _descriptor(name)],
        "manifest_json": "{}",
        "config_json": "{}",
    }

def _image(name, **fields):
    return {
        "name": "locked_" + name,
        "reference": "docker.io/library/{}:1".format(name),
        "platforms": [],
    } | fields

LOCKED_IMAGES = [
    _image("alone", platforms = [_platform("linux/amd64", "alone")]),
    _image("app", index = {
        "json": "{}",
        "images": [_platform("linux/amd64", "amd64"), _platform("linux/arm/v7", "v7")],
    }),
]
