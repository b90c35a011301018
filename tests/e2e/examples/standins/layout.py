"""A directory in OCI image layout.

    layout = Layout("images")
    layout.add_image("docker.io/team/tool:1", [("amd64", layers, config)])
    layout.finish()
"""

import hashlib
import json
import os

from standins.layer import layer

_OCI = "application/vnd.oci.image."


class Layout:
    def __init__(self, directory):
        self._directory = directory
        self._images = []
        os.makedirs(os.path.join(directory, "blobs", "sha256"))

    def add_image(self, name, variants):
        """Adds an index of one manifest for each (architecture, layers, config), or the manifest itself if there is but one.

        `layers` is a list of (entries, storage), `config` the `config` object of an image configuration.
        """
        manifests = [self._manifest(*variant) for variant in variants]
        if len(manifests) > 1:
            index = {"schemaVersion": 2, "mediaType": _OCI + "index.v1+json", "manifests": manifests}
            image = self._json_blob("index.v1+json", index)
        else:
            image = {key: manifests[0][key] for key in ["mediaType", "digest", "size"]}
        self._images.append(image | {"annotations": {"org.opencontainers.image.ref.name": name}})

    def finish(self):
        self._write("oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        self._write("index.json", json.dumps({"schemaVersion": 2, "manifests": self._images}, indent=1).encode())

    def _manifest(self, architecture, layers, config):
        blobs = [layer(*each) for each in layers]
        platform = {"architecture": architecture, "os": "linux"}
        configuration = platform | {
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [diff_id for _, diff_id, _ in blobs]},
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": _OCI + "manifest.v1+json",
            "config": self._json_blob("config.v1+json", configuration),
            "layers": [self._blob(media_type, blob) for blob, _, media_type in blobs],
        }
        return self._json_blob("manifest.v1+json", manifest) | {"platform": platform}

    def _json_blob(self, kind, value):
        return self._blob(_OCI + kind, json.dumps(value).encode())

    def _blob(self, media_type, content):
        digest = hashlib.sha256(content).hexdigest()
        self._write(os.path.join("blobs", "sha256", digest), content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content)}

    def _write(self, path, content):
        with open(os.path.join(self._directory, path), "wb") as output:
            output.write(content)
