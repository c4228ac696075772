"""Which devices there are to choose from; the accelerators of other machines are played here."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from lrcore import Device, RunConfig, SettingsError, available_devices

CPU = Device("cpu", "cpu")


def play(patch: pytest.MonkeyPatch, kind: str | None, count: int = 0, **module: object) -> None:
    """Let torch find `count` accelerators of one kind, or none."""
    found = None if kind is None else torch.device(kind)
    patch.setattr(torch.accelerator, "current_accelerator", lambda check_available=False: found)
    patch.setattr(torch.accelerator, "device_count", lambda: count)
    patch.setattr(torch, "get_device_module", lambda device: SimpleNamespace(**module))


def test_machine_without_an_accelerator_has_its_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, None)
    assert available_devices() == (CPU,)


def test_each_card_is_listed_after_the_cpu_with_its_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = {"cuda:0": "NVIDIA H100", "cuda:1": "NVIDIA T4"}
    play(monkeypatch, "cuda", 2, get_device_name=products.get)
    assert available_devices() == (
        CPU,
        Device("cuda:0", "cuda:0 (NVIDIA H100)"),
        Device("cuda:1", "cuda:1 (NVIDIA T4)"),
    )
    assert RunConfig(device="cuda:1").device == "cuda:1"
    with pytest.raises(SettingsError, match=r"^device.*got cuda:2|^device.*'cuda:2'"):
        RunConfig(device="cuda:2")


def test_card_whose_product_torch_does_not_know_is_listed_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play(monkeypatch, "mps", 1)
    assert available_devices() == (CPU, Device("mps:0", "mps:0"))


def test_listed_devices_compute() -> None:
    for device in available_devices():
        assert torch.ones(3, device=device.name).sum().item() == 3
