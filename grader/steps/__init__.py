"""Where a derivation first breaks: each member of a chain, and each step beside it, on the draws.

"Line 2 follows from line 1; line 3 does not" tells a student more than "wrong", and a right set-up with a
wrong last step may earn something.
"""

from grader.steps.breaks import Break, MemberPlace, first_break
from grader.steps.chain import Chain, Derivation, derivation
from grader.steps.words import message_of

__all__ = ["Break", "Chain", "Derivation", "MemberPlace", "derivation", "first_break", "message_of"]
