"""The library is sound; its handouts, keys, cases and samples are up to date."""

import pytest
import yaml_data
from library import FOLDERS, KEYS, NAMES, ROOT
from library_keys import undiagnosed

from grader.authoring.sheets import handout, markdown, worked_key
from grader.authoring.validation import Level, Validation, ValidationOptions, validate
from grader.grading import grade
from grader.submission import read

BY_HAND = {"cs1678-hw3"}  # whose handout was written by hand
SIXTEEN = 16


# All problems would take minutes; two of them run by default.
BY_DAY = ("softmax-cross-entropy", "residual-block")
every_problem = pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in BY_DAY else pytest.mark.nightly) for name in NAMES],
)


def test_there_are_sixteen_problems_beside_the_homework() -> None:
    assert len(set(NAMES) - {"cs1678-hw3"}) == SIXTEEN


@every_problem
def test_it_is_sound(name: str, subtests: pytest.Subtests) -> None:
    validation = validate(ROOT / "problems" / name, ValidationOptions())
    for proves in (
        no_error_is_found,
        mistakes_with_the_values_of_the_reference_are_explained,
        every_reference_was_derived_anew,
        names_and_points_raise_no_warning,
    ):
        with subtests.test(proves.__name__):
            proves(validation)


def no_error_is_found(validation: Validation) -> None:
    assert validation.sound, validation.findings
    assert validation.needed is not None
    assert validation.needed <= validation.problem.draws


def mistakes_with_the_values_of_the_reference_are_explained(validation: Validation) -> None:
    """A survivor of the kill matrix is right for these draws and sizes, or always."""
    for one in validation.questions:
        explained = " ".join(
            finding.detail
            for finding in validation.findings
            if finding.check == "mistakes" and finding.question == one.id
        )
        for attempt in one.coincident:
            change = one.reasons.get(attempt.identity)
            assert change is None or not change.same_problem
            assert attempt.text in explained


def every_reference_was_derived_anew(validation: Validation) -> None:
    for one in validation.questions:
        for derivation in (one.derived.by_step, one.derived.by_digits):
            assert derivation is not None
            assert derivation.size < 1e-12


def names_and_points_raise_no_warning(validation: Validation) -> None:
    found = [f for f in validation.findings if f.level is Level.WARNING]
    assert {finding.check for finding in found} <= {"mistakes"}, found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_handout_and_key_are_what_the_commands_print(folder) -> None:
    key = KEYS[folder.name]
    written = (folder / "handout.md").read_text(encoding="utf-8")
    if folder.name not in BY_HAND:
        assert written == markdown.render(handout(key.problem, f"problems/{folder.name}"))
    assert (folder / "key.md").read_text(encoding="utf-8") == markdown.render(worked_key(key))


SAMPLES: dict[str, dict[str, float]] = {
    folder.name: yaml_data.load((folder / "samples.yaml").read_text("utf-8"))
    for folder in FOLDERS
    if (folder / "samples.yaml").is_file()
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gets_what_a_human_gives_it(name: str, subtests: pytest.Subtests) -> None:
    for student, score in SAMPLES[name].items():
        with subtests.test(student=student), undiagnosed(KEYS[name]):
            assert scored(name, student) == pytest.approx(score)


@pytest.mark.nightly
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gets_it_with_diagnosis(name: str, subtests: pytest.Subtests) -> None:
    for student, score in SAMPLES[name].items():
        with subtests.test(student=student):
            assert scored(name, student) == pytest.approx(score)


def scored(name: str, student: str) -> float:
    (file,) = (ROOT / "submissions" / name).glob(f"{student}.*")
    return grade(KEYS[name], read(file)).score


def test_every_problem_has_samples_of_different_quality() -> None:
    for name in NAMES:
        files = list((ROOT / "submissions" / name).iterdir())
        assert len(files) >= 6
        assert name in BY_HAND or len({*SAMPLES[name].values()}) >= 3
