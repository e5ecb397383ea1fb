"""Words of human languages that number questions: role × language."""

WORDS = {
    "question": {
        "en": "questions? problems? exercises? tasks? ques prob exer ex q",
        "de": "aufgaben? aufg frage übung uebung",
        "fr": "exercices? exo problème probleme",
        "es": "ejercicio pregunta problema",
        "it": "esercizio domanda",
        "pt": "exercício exercicio questão",
        "nl": "opgave",
        "zh": "问题 题 習題 习题 练习",
    },
    "part": {
        "en": "parts?",
        "de": "teil(?:aufgabe)?",
        "fr": "partie",
        "es": "parte",
    },
    "answer": {
        "en": "solutions? answers? responses? sol ans",
        "de": "lösung(?:en)? loesung lsg antwort",
        "fr": "r[ée]ponse",
        "es": "solución solucion respuesta",
        "it": "soluzione risposta",
    },
    "working": {
        "en": "proofs? derivations? workings? explanations? steps? prompts? hints?",
        "de": "beweis herleitung rechnung",
        "fr": "preuve démonstration calcul",
        "es": "prueba demostración derivación",
    },
    "of": {
        "en": "to for of",
        "de": "zu zur auf von",
        "fr": "de du des à a",
        "es": "del al de",
    },
    "the": {"en": "the", "fr": "la le", "es": "el"},
    "number": {"en": "no number num", "de": "nr", "fr": "n[°º]"},
}


def words(role: str) -> str:
    """A pattern for the words of a role, in all languages."""
    return "|".join(dict.fromkeys(" ".join(WORDS[role].values()).split()))
