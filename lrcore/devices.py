"""Which devices torch can compute on here."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """A device by torch's name for it (`name`) and in words (`label`)."""

    name: str
    label: str


def available_devices() -> tuple[Device, ...]:
    """Every device that torch can use on this machine, the CPU first.

    Torch knows one kind of accelerator at a time: CUDA, Apple's MPS, Intel's XPU, ...
    """
    cpu = Device("cpu", "cpu")
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    if accelerator is None:
        return (cpu,)
    names = (f"{accelerator.type}:{index}" for index in range(torch.accelerator.device_count()))
    return (cpu, *(Device(name, _label(name)) for name in names))


def _label(name: str) -> str:
    """Torch's name with the product's in brackets, where torch knows it (for MPS it does not)."""
    product = getattr(torch.get_device_module(name), "get_device_name", None)
    return name if product is None else f"{name} ({product(name)})"


def device_choices() -> dict[str, str]:
    """Device names with their labels."""
    return {device.name: device.label for device in available_devices()}
