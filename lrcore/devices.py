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
    """Every device that torch can use on this machine, the CPU first."""
    devices = [Device("cpu", "cpu")]
    for kind, module in (("cuda", torch.cuda), ("xpu", torch.xpu)):
        if module.is_available():
            devices += [
                Device(f"{kind}:{index}", f"{kind}:{index} ({module.get_device_name(index)})")
                for index in range(module.device_count())
            ]
    if torch.backends.mps.is_available():
        devices.append(Device("mps", "mps (Apple GPU)"))
    return tuple(devices)


def device_choices() -> dict[str, str]:
    """Device names with their labels."""
    return {device.name: device.label for device in available_devices()}
