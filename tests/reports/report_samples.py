"""Reports for tests: an ordinary one, and one with all verdicts and an attack in each field."""

from grader.result import (
    AnswerRecord,
    Counterexample,
    Instructor,
    Kind,
    Message,
    QuestionResult,
    Report,
    SubmissionRecord,
    Verdict,
    WorkedExample,
    WrittenEcho,
)

ATTACK = (
    "<script>alert(1)</script></style></pre></textarea><!-- <img src=x onerror=alert(2)>"
    '" onmouseover="alert(3) {{ 7*7 }} &amp; [bold red]markup[/] [l](http://e.example) '
    "![i](http://e.example/i) `````` | **b** _e_ $x$ ~~s~~ www.e.example"
    "\x1b[31mred\x1b]8;;http://e.example\x07link\x1b]8;;\x07\x1b]0;title\x1b\\ \x9b2J \x00\x08\x7f"
    "\u202egnp.exe\u202c \u2066isolate\u2069 مرحبا עברית 🦊👩‍🔬 é\r\n# heading\r- item\n1. one\n"
)
FORMULAS = ("=cmd()", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1")
MATHML = '<math display="block"><msup><mi>W</mi><mn>2</mn></msup><mo>&#x22A4;</mo></math>'


def hostile_report(submission_id: str = "../" + ATTACK) -> Report:
    """Each verdict once, with an attack in each field of untrusted text."""
    answer = AnswerRecord(
        ATTACK,
        ATTACK,
        ATTACK,
        7,
        3,
        WrittenEcho(ATTACK, f"<math>{ATTACK}</math>"),
        (2, 3),
        (ATTACK, "j"),
    )
    messages = tuple(
        Message(kind, ATTACK, "sign", f"  {ATTACK}\n  ~~^", (ATTACK, ATTACK)) for kind in Kind
    )
    questions = tuple(
        QuestionResult(
            id=f"q{number}",
            verdict=verdict,
            score=1.0 if verdict == Verdict.CORRECT else 0.0,
            max_score=1.0,
            prompt=ATTACK,
            answer=answer,
            messages=messages,
            counterexample=Counterexample(2, (), 1.0, float("nan")),
            entries=(("correct", "incorrect"), ("undecided", ATTACK)),
            reference=ATTACK,
            reference_mathml=MATHML,
            example=WorkedExample({ATTACK: [[1, ATTACK], [0, 2]], "x": 3}, (2, 1), 4.0, 2.0),
            instructor=Instructor(ATTACK, MATHML, messages, ATTACK),
        )
        for number, verdict in enumerate(Verdict, 1)
    )
    record = SubmissionRecord(submission_id, f"/srv/{ATTACK}", "sha256:00")
    return Report("p", ATTACK, "sha256:11", "0.1.0", 7, 32, record, questions, messages)


def quiet_report(submission_id: str = "student-07", verdict: Verdict = Verdict.CORRECT) -> Report:
    """One question of 3 points, without attacks."""
    score = {Verdict.CORRECT: 3.0, Verdict.PARTIAL: 1.0}.get(verdict, 0.0)
    question = QuestionResult(
        id="q16",
        verdict=verdict,
        score=score,
        max_score=3.0,
        prompt="What is $\\partial l/\\partial W^1$?",
        answer=AnswerRecord(
            "\\delta W^3", "latex", "student-07.md", 112, 1, WrittenEcho("delta*W3", MATHML), (2, 2)
        ),
        messages=(Message(Kind.MISTAKE, "The derivative of the activation is missing."),),
        counterexample=Counterexample(3, (2, 1), 1.25, 0.75),
        entries=(("correct", "incorrect"), ("undecided", "correct")),
    )
    record = SubmissionRecord(submission_id, f"{submission_id}.md", "sha256:00")
    return Report("hw3", "Homework 3", "sha256:11", "0.1.0", 1678, 32, record, (question,))
