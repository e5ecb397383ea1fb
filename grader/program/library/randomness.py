"""Random numbers: a program that draws them has no value that could be compared."""

from typing import Any

from grader.program.budget import Budget
from grader.program.errors import Origin, Refused
from grader.program.library.rows import Row
from grader.program.values import Unknown

REASON = "the program draws random numbers"

DRAWING = {
    "numpy.random": """rand randn random random_sample ranf sample normal standard_normal uniform randint
        choice permutation binomial multivariate_normal exponential beta gamma poisson RandomState
        default_rng random_integers""",
    "torch": "rand randn randint randperm normal rand_like randn_like bernoulli multinomial",
    "torch.nn.functional": "dropout",
    "jax.random": "normal uniform randint split PRNGKey key bernoulli permutation choice",
    "random": "random uniform randint choice gauss normalvariate sample randrange",
}
SEEDING = ["numpy.random.seed", "torch.manual_seed", "random.seed", "torch.cuda.manual_seed"]
SHUFFLING = ["numpy.random.shuffle", "random.shuffle"]


def _draw(budget: Budget, *args: Any, **kwargs: Any) -> Unknown:
    return Unknown(REASON, origin=Origin.DRAWN)


def _seed(budget: Budget, *args: Any, **kwargs: Any) -> None:
    return None


def _shuffle(budget: Budget, *args: Any, **kwargs: Any) -> None:
    """Raises Refused, because the argument has no value any more."""
    raise Refused(REASON).of(Origin.DRAWN)


TABLE: dict[str, Row] = {
    **{f"{module}.{name}": _draw for module, names in DRAWING.items() for name in names.split()},
    **dict.fromkeys(SEEDING, _seed),
    **dict.fromkeys(SHUFFLING, _shuffle),
}
