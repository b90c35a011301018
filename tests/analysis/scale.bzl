"""How a system's graph grows: configured targets and actions are linear in its services and images, and so are command lines.

An aspect walks from a system over everything that its rules ask for; tools, which are the same for all systems, stay apart. It
counts each target once with all its actions, those of our own aspect included.
"""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "linuxkit_image", "linuxkit_package", "linuxkit_service")
load("//rules/private/providers:linuxkit_image_content_info.bzl", "LinuxkitImageContentInfo")  # buildifier: disable=bzl-visibility

# Services share so many images at most.
_MAX_IMAGES = 20

_GraphInfo = provider(
    doc = "A target and everything below it.",
    fields = {"nodes": "depset of struct: label, and actions, a tuple of (mnemonic, number of words in the command line)."},
)

# The attributes that lead from a system to what its images are made of.
_EDGES = ["containers", "image", "names", "parts", "section", "volumes"]

def _graph_of(value):
    targets = value if type(value) == "list" else [value]
    return [target[_GraphInfo].nodes for target in targets if type(target) == "Target" and _GraphInfo in target]

def _graph_aspect_impl(target, ctx):
    below = []
    for name in _EDGES:
        below.extend(_graph_of(getattr(ctx.rule.attr, name, None)))
    node = struct(
        label = str(ctx.label),
        actions = tuple([(action.mnemonic, len(action.argv or [])) for action in target.actions]),
    )
    return [_GraphInfo(nodes = depset([node], transitive = below))]

_graph_aspect = aspect(
    implementation = _graph_aspect_impl,
    attr_aspects = _EDGES,
    # Run after the aspect that unpacks images, so that its actions are seen.
    required_aspect_providers = [LinuxkitImageContentInfo],
)

# Mnemonic: how many actions a system has, how many more for each service, and for each image.
_ACTIONS = {
    "FileWrite": (1, 1, 0),
    "LinuxkitBundle": (0, 1, 0),
    "LinuxkitInitrd": (1, 0, 0),
    "LinuxkitLayer": (0, 0, 1),
    "LinuxkitLayout": (0, 0, 1),
    "LinuxkitPackage": (0, 0, 1),
    # As a container's image and as an init image; what nobody asks for does not run.
    "LinuxkitSegment": (0, 0, 2),
    "LinuxkitSpec": (0, 1, 0),
}

# The system itself and its table of names; an entry and a bundle for each service; the image.
_TARGETS = (2, 2, 1)

# Words of the command line that grows: a segment for each service and each image, three flags each.
_INITRD_WORDS = (3, 3, 3)

# No other command line has more.
_MAX_WORDS = 20

def _linear(terms, services, images):
    return terms[0] + terms[1] * services + terms[2] * images

def _linear_test_impl(ctx):
    env = analysistest.begin(ctx)
    services = ctx.attr.services
    images = min(services, _MAX_IMAGES)
    nodes = analysistest.target_under_test(env)[_GraphInfo].nodes.to_list()
    asserts.equals(env, _linear(_TARGETS, services, images), len(nodes))
    found = {}
    for node in nodes:
        for mnemonic, words in node.actions:
            found[mnemonic] = found.get(mnemonic, 0) + 1
            if mnemonic == "LinuxkitInitrd":
                asserts.equals(env, _linear(_INITRD_WORDS, services, images), words)
            else:
                asserts.true(env, words <= _MAX_WORDS, "{}: {} has a command line of {} words".format(node.label, mnemonic, words))
    asserts.equals(env, {key: _linear(terms, services, images) for key, terms in _ACTIONS.items()}, dict(sorted(found.items())))
    return analysistest.end(env)

_linear_test = analysistest.make(
    _linear_test_impl,
    attrs = {"services": attr.int()},
    extra_target_under_test_aspects = [_graph_aspect],
)

def scale_tests(name, counts):
    """Declares a system for each of several numbers of services, and tests of their graphs.

    Args:
      name: the suite's name and the beginning of the other targets' names.
      counts: list of int, numbers of services.
    """
    tests = []
    images = ["{}_image_{}".format(name, i) for i in range(_MAX_IMAGES)]
    for image in images:
        linuxkit_package(name = image, command = ["/x"], files = {"x": "x.txt"}, tags = ["manual"])
    for count in counts:
        system = "{}_{}".format(name, count)
        services = ["{}_service_{}".format(system, i) for i in range(count)]
        for i, service in enumerate(services):
            linuxkit_service(
                name = service,
                env = ["NUMBER={}".format(i)],
                image = images[i % _MAX_IMAGES],
                tags = ["manual"],
            )
        linuxkit_image(name = system, init = [], kernel = None, services = services, tags = ["manual"])
        tests.append("{}_services_are_linear".format(count))
        _linear_test(name = tests[-1], services = count, target_under_test = system)
    native.test_suite(name = name, tests = tests)
