"""Links that people have kept: each still opens the settings that it opened when it was copied."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from lrcore import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Blobs,
    Circles,
    Cubic,
    Iris,
    Moons,
    Quadratic,
    Radial,
    RMSprop,
    RunConfig,
    Sine,
    Spirals,
    Xor,
)
from lrcore.data import Placed
from tests.pages import config_of, opened, toasts

LINKS = {
    "": RunConfig(),
    "mean=0.8&zero_grad=false&max_iterations=600": RunConfig(
        data=Blobs(mean=0.8), zero_grad=False, max_iterations=600
    ),
    "seed=17&std=1.4&mean=2.2&loss=bce&start=typed&w0=0.5&w1=-1&b=0.25": RunConfig(
        data=Blobs(seed=17, std=1.4, mean=2.2), loss="bce", initial_weights=(0.5, -1.0, 0.25)
    ),
    "start=zeros&lr=0.1&momentum=0": RunConfig(
        optimizer=SGD(lr=0.1, momentum=0.0), initial_weights=(0.0, 0.0, 0.0)
    ),
    "start=typed&w1=2": RunConfig(initial_weights=(0.0, 2.0, 0.0)),
    "lr=0.5&momentum=0.5&nesterov=true&weight_decay=0.1": RunConfig(
        optimizer=SGD(lr=0.5, momentum=0.5, nesterov=True, weight_decay=0.1)
    ),
    "samples_per_class=500&bias=-1&imbalance=10&correlation=0.5&std_ratio=2&label_noise=0.1": (
        RunConfig(
            data=Blobs(
                samples_per_class=500,
                bias=-1.0,
                imbalance=10.0,
                correlation=0.5,
                std_ratio=2.0,
                label_noise=0.1,
            )
        )
    ),
    "data=moons&moons_noise=0.2&moons_depth=0.5&features=cubic": RunConfig(
        data=Moons(noise=0.2, depth=0.5), features=Cubic()
    ),
    "data=circles&circles_noise=0.2&circles_inner_radius=0.3&features=quadratic": RunConfig(
        data=Circles(noise=0.2, inner_radius=0.3), features=Quadratic()
    ),
    "data=xor&xor_seed=5&xor_samples_per_class=50&features=quadratic&start=typed&w4=-2&b=0.5": (
        RunConfig(
            data=Xor(seed=5, samples_per_class=50),
            features=Quadratic(),
            initial_weights=(0.0, 0.0, 0.0, 0.0, -2.0, 0.5),
        )
    ),
    "data=spirals&spirals_turns=0.5&features=radial&radial_per_side=5&radial_width=1": RunConfig(
        data=Spirals(turns=0.5), features=Radial(per_side=5, width=1.0)
    ),
    "features=sine&sine_frequency=3.5&standardise=true": RunConfig(
        features=Sine(frequency=3.5), standardise=True
    ),
    "data=iris&iris_species=setosa%2C+versicolor&iris_measurements=sepal+length%2C+sepal+width": (
        RunConfig(data=Iris(species="setosa, versicolor", measurements="sepal length, sepal width"))
    ),
    "data=placed&placed_points=1%2C2%2C0%3B3%2C4%2C1": RunConfig(data=Placed("1,2,0;3,4,1")),
    "optimizer=Adam&Adam_lr=0.01&Adam_beta1=0.8&Adam_beta2=0.99": RunConfig(
        optimizer=Adam(lr=0.01, beta1=0.8, beta2=0.99)
    ),
    "optimizer=AdamW&AdamW_weight_decay=0.2": RunConfig(optimizer=AdamW(weight_decay=0.2)),
    "optimizer=RMSprop&RMSprop_alpha=0.9&RMSprop_momentum=0.5": RunConfig(
        optimizer=RMSprop(alpha=0.9, momentum=0.5)
    ),
    "optimizer=Adagrad&Adagrad_lr=0.1&Adagrad_lr_decay=0.1": RunConfig(
        optimizer=Adagrad(lr=0.1, lr_decay=0.1)
    ),
    "optimizer=LBFGS&LBFGS_max_iter=5&LBFGS_history_size=3&LBFGS_line_search=false": RunConfig(
        optimizer=LBFGS(max_iter=5, history_size=3, line_search=False)
    ),
    "test_share=0.25&split_seed=3&target_on=test&l1=0.1&l2=0.2&init_seed=4": RunConfig(
        test_share=0.25, split_seed=3, target_on="test", l1=0.1, l2=0.2, init_seed=4
    ),
    "mini_batches=true&batch_size=5&shuffle_seed=9&target_accuracy=0.95&loss=mse&device=cpu": (
        RunConfig(mini_batches=True, batch_size=5, shuffle_seed=9, target_accuracy=0.95, loss="mse")
    ),
}


@pytest.mark.parametrize("link", LINKS)
def test_link_opens_what_it_opened(link: str) -> None:
    page = opened(**dict(parse_qsl(link)))
    assert config_of(page) == LINKS[link]
    assert toasts(page) == []
