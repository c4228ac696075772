"""What is taken home repeats the run: scripts are executed by themselves, in a fresh process."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from dataclasses import replace

import nbformat
import numpy as np
import pandas
import pytest
import torch

from lrcore import SGD, Adam, Blobs, Run, RunConfig
from lrcore.data import DATASETS, Dataset, Iris, Placed, Uploaded
from lrcore.export import notebook, script
from lrcore.features import FEATURES
from lrcore.model import LOSSES
from lrcore.optim import OPTIMIZERS
from lrcore.settings import Settings, SettingsError, Value, described
from lrcore.training import FIXED_IN_A_RUN

# Executes each script of standard input by itself, and prints the weights and the printed lines.
_EXECUTE = """
import contextlib, io, json, sys
found = []
for text in json.load(sys.stdin):
    scope, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(text, scope)
    found.append([scope["theta"].tolist(), printed.getvalue().splitlines()])
print(json.dumps([found, sorted(name for name in sys.modules if name.startswith("lrcore"))]))
"""


def executed(scripts: list[str]) -> list[tuple[list[float], list[str]]]:
    """Final weights and printed lines of each; the process has nothing of this project."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _EXECUTE],
        input=json.dumps(scripts),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found, ours = json.loads(done.stdout)
    assert ours == []
    return found


def some_value(chance: random.Random, cls: type[Settings], name: str) -> Value:
    spec = dict(described(cls))[name]
    if spec.choices is not None:
        return chance.choice([*spec.choices()])
    if spec.kind is bool:
        return chance.random() < 0.5
    low, high = max(spec.minimum, -3.0), min(spec.maximum, 300.0 if spec.kind is int else 3.0)
    number = chance.uniform(low, high)
    return round(number) if spec.kind is int else round(number, 3)


def some(chance: random.Random, cls: type[Settings], share: float = 0.5) -> Settings:
    """Settings of which about that share differs from the default."""
    while True:
        names = [name for name, _ in described(cls) if chance.random() < share]
        try:
            return cls(**{name: some_value(chance, cls, name) for name in names})
        except SettingsError:  # two that do not go together
            continue


def some_run(number: int) -> Run:
    """A run of random settings, with up to three changes on the way."""
    chance = random.Random(number)
    data = [cls for cls in DATASETS.values() if cls is not Uploaded]
    own = ("zero_grad", "mini_batches", "batch_size", "shuffle_seed", "l1", "l2", "standardise")
    config = RunConfig(
        data=some(chance, chance.choice(data)),
        features=some(chance, chance.choice([*FEATURES.values()])),
        optimizer=some(chance, chance.choice([*OPTIMIZERS.values()])),
        loss=chance.choice([*LOSSES]),
        test_share=chance.choice([0.0, 0.25]),
        init_seed=chance.randrange(1000),
        target_accuracy=1.0,
        **{name: some_value(chance, RunConfig, name) for name in own if chance.random() < 0.3},
    )
    run = Run(config)
    run.extend(60, chance.randrange(5, 60))
    for _ in range(chance.randrange(4)):
        changes: dict[str, object] = {
            "loss": chance.choice([*LOSSES]),
            "l2": chance.choice([0.0, 0.01]),
            "zero_grad": True,
            "mini_batches": chance.random() < 0.3,
            "shuffle_seed": chance.randrange(9),
        }
        assert not set(changes) & set(FIXED_IN_A_RUN)
        named = {key: changes[key] for key in changes if chance.random() < 0.2}
        kind = type(run.config.optimizer)
        if chance.random() < 0.3:
            kind = chance.choice([*OPTIMIZERS.values()])
        run.branch(len(run) - 1, optimizer=some(chance, kind), **named)
        run.extend(60, chance.randrange(1, 30))
    return run


def last_finite(run: Run) -> int:
    return int(np.flatnonzero(np.isfinite(run.columns().table()).all(1))[-1])


def test_scripts_of_random_runs_end_with_their_weights_bit_for_bit() -> None:
    runs = [some_run(number) for number in range(100)]
    found = executed([script(run) for run in runs])
    for number, (run, (weights, printed)) in enumerate(zip(runs, found, strict=True)):
        step = run.step(last_finite(run))
        assert weights == [*step.weights, step.bias], number
        *_, last = printed
        iteration, loss, accuracy = last.split()[:3]
        assert int(iteration) == step.iteration, number
        assert float(loss) == pytest.approx(step.loss, abs=6e-5), number
        assert float(accuracy) == pytest.approx(step.accuracy, abs=6e-5), number


def test_script_of_the_default_run_is_short_and_says_how_it_ends() -> None:
    run = Run(RunConfig())
    run.extend(60)
    lines = script(run, title="http://lecture/?lr=0.01").splitlines()
    assert 25 <= len([line for line in lines if line]) <= 45
    assert max(map(len, lines)) <= 120
    assert lines[1] == "# http://lecture/?lr=0.01"
    step = run.step(len(run) - 1)
    assert f"w0 = {step.weights[0]:.6g}" in lines[-1]
    assert f"accuracy {step.accuracy:.6g}." in lines[-1]


@pytest.mark.parametrize("until", [0, 1, 10])
def test_script_may_end_at_any_moment(until: int) -> None:
    run = Run(RunConfig())
    run.extend(60, 30)
    run.branch(10, optimizer=SGD(lr=0.3))
    [(weights, printed)] = executed([script(run, until=until)])
    step = run.step(until)
    assert weights == [*step.weights, step.bias]
    assert printed[-1].split()[0] == str(until)


def test_a_change_of_a_rate_is_a_line_of_the_loop() -> None:
    run = Run(RunConfig(target_accuracy=1.0))
    run.extend(60, 60)
    run.branch(37, optimizer=SGD(lr=0.3))
    run.extend(60, 20)
    run.branch(50, optimizer=Adam())
    run.extend(60, 20)
    text = script(run)
    change = '    if iteration == 37:\n        optimizer.param_groups[0]["lr"] = 0.3\n'
    assert change in text
    assert text.count("for iteration in") == 2
    assert "for iteration in range(50, 70):" in text


def test_points_stand_in_the_script_or_in_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    few = Run(RunConfig(data=Placed("1,2,0;3,4,1;0,1,0"), target_accuracy=1.0))
    few.extend(60, 9)
    assert "[[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]" in script(few)
    drawn = Blobs(samples_per_class=300).sample()
    many = Run(RunConfig(data=Uploaded(Dataset(drawn.x, drawn.y))))
    many.extend(60, 9)
    folder = tmp_path_factory.mktemp("home")
    rows = torch.cat([drawn.x, drawn.y[:, None]], 1).tolist()
    table = "\n".join(["x0,x1,class", *(",".join(map(repr, row)) for row in rows)])
    (folder / "points.csv").write_text(table)
    text = f"import os\nos.chdir({str(folder)!r})\n" + script(many)
    [(weights, _)] = executed([text])
    step = many.step(9)
    assert weights == [*step.weights, step.bias]


def test_notebook_is_valid_and_its_cells_are_the_script() -> None:
    run = Run(replace(RunConfig(), data=Iris()))
    run.extend(60, 20)
    book = nbformat.reads(notebook(run), as_version=4)
    nbformat.validate(book)
    assert "\n\n".join(cell.source for cell in book.cells) + "\n" == script(run)


def test_table_reads_back_with_the_settings_in_force() -> None:
    run = Run(RunConfig(test_share=0.25, target_accuracy=1.0))
    run.extend(60, 30)
    run.branch(12, optimizer=Adam(), l2=0.1)
    run.extend(60, 20)
    text = run.to_csv()
    table = pandas.read_csv(io.StringIO(text), comment="#")
    names = ["loss", "accuracy", "test_loss", "test_accuracy"]
    assert [*table.columns] == ["iteration", "w0", "w1", "b", *names, "setting"]
    assert [*table.setting] == [0] * 12 + [1] * (len(run) - 12)
    for iteration in (0, 12, len(run) - 1):
        step, row = run.step(iteration), table.iloc[iteration]
        assert [*row[["w0", "w1", "b"]].astype(np.float32)] == [*step.weights, step.bias]
        told = [step.loss, step.accuracy, step.test_loss, step.test_accuracy]
        assert [*row[names]] == pytest.approx(told, rel=1e-8)
    settings = [line for line in text.splitlines() if line.startswith("#")]
    assert settings[0].startswith("# setting 0, from iteration 0: RunConfig(data=Blobs(")
    assert "# setting 1, from iteration 12: " in settings[1]
    assert "Adam(" in settings[1]
    assert len(run.to_csv(until=3).splitlines()) == 2 + 1 + 4
