"""The packages that a score depends on."""

from importlib.metadata import version

VERSIONED_PACKAGES = ("neuronxa-tasks", "lm_eval", "transformers", "torch")


def package_versions() -> dict[str, str]:
    """Their versions, by name."""
    return {package: version(package) for package in VERSIONED_PACKAGES}
