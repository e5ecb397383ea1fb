"""Texts that people write for a missing answer: "I don't know", "TODO", "?".

The patterns are compiled at the first use, since most submissions need none.
"""

import re

# Characters to look at: an excuse is short.
_REACH = 300

_NO_ANSWER = r"""(?xi)\b(?:
        (?:not|un)\s?(?:sure|certain) | nicht\s(?:ganz\s)?sicher | pas\ss[uû]re?
      | (?:don[’'´`]?t|do\s(?:not|n[’']t)|didn[’']?t|did\snot|cannot|can[’']?t|couldn[’']?t|could\snot)
        \s(?:\w++\s){0,2}(?:know|remember|figure|solve|get|do|find|finish|have|understand|answer)
      | no\s(?:idea|clue|answer|solution|time) | (?:out\sof|lack\sof)\stime | dunno | idk
      | stuck | to\s?do | tbd | skip(?:ped|ping)? | n\.?\s?/\s?a\.?
      | (?:left|leave)\s(?:\w++\s)?(?:out|blank|empty) | (?:your\s)?answer\s(?:goes\s)?here
      | keine?\s(?:ahnung|idee|l(?:ö|oe)sung|zeit) | wei(?:ß|ss)\s(?:ich\s)?(?:es\s)?nicht
      | je\s(?:ne\s)?sais\spas | aucune\sid[ée]e | no\s(?:lo\s)?s[ée] | ni\sidea | non\s(?:lo\s)?so
    )(?!\w)"""
_NOTHING = r"(?i)(?:none|nothing|blank|pass|nope|no|nichts|nada|rien|empty|[\W_]*+)"

# An answer follows after these.
_TURN = r"(?i)\b(?:but|maybe|perhaps|probably|guess|think|however|aber|vielleicht|mais|pero)\b|="


def is_blank(text: str) -> bool:
    """Whether a text only says that there is no answer."""
    words = text[:_REACH].strip(" \t\n.!,;:*_()[]")
    if re.fullmatch(_NOTHING, words):
        return True
    return re.search(_NO_ANSWER, words) is not None and re.search(_TURN, words) is None
