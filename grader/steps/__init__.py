"""Where a derivation first breaks: checks each member of a chain, and each other step, on the draws.

"Line 2 follows from line 1; line 3 does not" helps a student more than "wrong". A right set-up with a
wrong last step may also earn credit.
"""

from grader.steps.breaks import Break, MemberPlace, first_break
from grader.steps.chain import Chain, Derivation, derivation
from grader.steps.words import message_of

__all__ = ["Break", "Chain", "Derivation", "MemberPlace", "derivation", "first_break", "message_of"]
