"""The kinds of draws, with their parameters and defaults."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from grader.problem.words import cut

Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Above0 = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e6)]
Whole = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Chance = Annotated[float, Field(gt=0, lt=1)]


def refusal(reason: str) -> PydanticCustomError:
    """An error whose message is already a sentence for the author."""
    return PydanticCustomError("author", "{reason}", {"reason": reason})


class Strict(BaseModel):
    """A mapping that accepts no unknown keys."""

    model_config = ConfigDict(extra="forbid")


class _Range(Strict):
    """A range from `low` to `high`."""

    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> "_Range":
        if self.low >= self.high:
            raise refusal(f"low is {self.low:g} and high is {self.high:g}; low must be less")
        return self


class Normal(Strict):
    """Normally distributed: both signs, no bounds."""

    kind: Literal["normal"]
    mean: Number = 0.0
    sd: Above0 = 1.0


class Uniform(_Range):
    """Evenly distributed between two bounds."""

    kind: Literal["uniform"]
    low: Number = -1.0
    high: Number = 1.0


class Positive(_Range):
    """Evenly distributed between two bounds above zero: under a log, a root, a denominator."""

    kind: Literal["positive"]
    low: Above0 = 0.5
    high: Above0 = 2.0


class Integers(_Range):
    """Whole numbers, both bounds included."""

    kind: Literal["integers"]
    low: Whole = -3
    high: Whole = 3


class OneHot(Strict):
    """One entry (of each row) is 1, the others are 0: a label."""

    kind: Literal["one_hot"]


class Simplex(Strict):
    """Positive entries that sum to 1: a distribution."""

    kind: Literal["simplex"]


class Symmetric(Strict):
    """A square matrix that equals its transpose."""

    kind: Literal["symmetric"]


def _one_name(kind: Any) -> Any:
    return "mask" if kind == "bernoulli" else kind


class Mask(Strict):
    """Entries are 1 with probability `p`, else 0; `bernoulli` is another name for it."""

    kind: Annotated[Literal["mask", "bernoulli"], AfterValidator(_one_name)]
    p: Chance = 0.5


def spelled_out(written: Any) -> Any:
    """`normal`, `{normal: {sd: 2}}` and `{kind: normal, sd: 2}`, all as the last of them."""
    if isinstance(written, str):
        return {"kind": written}
    if not isinstance(written, dict):
        raise refusal("draw should be a kind, such as `draw: positive`")
    if "kind" in written:
        return written
    if len(written) != 1:
        raise refusal("draw should be one kind with its parameters: {uniform: {low: 0, high: 1}}")
    ((kind, parameters),) = written.items()
    if not isinstance(parameters, dict | None):
        raise refusal(f"{cut(kind)} takes its parameters by name, such as {{uniform: {{low: 0}}}}")
    return {**(parameters or {}), "kind": kind}


Draw = Annotated[
    Annotated[
        Normal | Uniform | Positive | Integers | OneHot | Simplex | Symmetric | Mask,
        Field(discriminator="kind"),
    ],
    BeforeValidator(spelled_out),
]
"""A draw as an author writes it: a name, a name with parameters, or `{kind: …}`."""
