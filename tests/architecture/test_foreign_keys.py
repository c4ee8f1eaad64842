"""A foreign key is an import: it must point down the layers too."""

import tomllib

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.places import ROOT


def layer_numbers() -> dict[str, int]:
    """Read the layers from the import contract, so that there is one truth."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(c for c in contracts if c["id"] == "layers")["layers"]
    return {
        name.strip(): number
        for number, layer in enumerate(reversed(layers))
        for name in layer.split("|")
    }


LAYERS = layer_numbers()
OURS = [model for model in apps.get_models() if model.__module__.startswith("emailketing.")]


def package(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def room(model: type[models.Model]) -> str:
    """The package, and of the triggers which one: they do not know one another."""
    parts = model.__module__.split(".")
    return ".".join(parts[1:3]) if parts[1] == "triggers" else parts[1]


def test_the_models_are_ours_to_look_at() -> None:
    assert len(OURS) > 15


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model
        if not field.concrete or not isinstance(target, type) or target not in OURS:
            continue
        if room(target) != room(model):
            assert LAYERS[package(target)] < LAYERS[package(model)], (
                f"{model.__name__}.{field.name} points up or sideways, to {target.__name__}"
            )


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_says_what_a_row_is(model: type[models.Model]) -> None:
    """Without `__str__` a person would read “Rule object (3)” in the console and in the audit."""
    assert model.__str__ is not models.Model.__str__
