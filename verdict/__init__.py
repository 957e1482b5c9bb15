"""Verdicts on a learner's answers: whether one is right and, if not, which mistake it shows.

Knows TensorFlow and nothing of a course. A course writes a function for each of its exercises,
marked `exercise`, with the judges below; ``helpers/check/`` does so for this one. `why_none` needs
no exercise: it says of any function why its gradient is None.

Each module stands on those before it: `running` runs a learner's code, and `errors` says what an
error of it means; `listening` hears what it does, and `none` says, in the words of `reasons`, why a
gradient is None; `engine` makes a verdict; `slips` derives wrong answers from the right one;
`judges` and `models` judge what exercises ask for.
"""

from .engine import (
    CHECKS,
    Unanswered,
    Wrong,
    answered,
    call,
    exercise,
    ignored,
    judge,
    needs_function,
    numbers,
    prediction,
    progress,
    where,
)
from .judges import (
    derivative,
    function,
    gradient_of,
    hessian,
    hessian_of,
    in_graph,
    measured,
    number,
    refuse,
    value_and_slope,
    why_wrong,
    word,
)
from .listening import Step, listen
from .models import choices, classifies, parameters, scores, trained
from .none import uses_tape, why_broken, why_none
from .running import copies, eagerly, is_function, is_learners, show
from .slips import close, mutants, slip

__all__ = [
    "CHECKS",
    "Step",
    "Unanswered",
    "Wrong",
    "answered",
    "call",
    "choices",
    "classifies",
    "close",
    "copies",
    "derivative",
    "eagerly",
    "exercise",
    "function",
    "gradient_of",
    "hessian",
    "hessian_of",
    "ignored",
    "in_graph",
    "is_function",
    "is_learners",
    "judge",
    "listen",
    "measured",
    "mutants",
    "needs_function",
    "number",
    "numbers",
    "parameters",
    "prediction",
    "progress",
    "refuse",
    "scores",
    "show",
    "slip",
    "trained",
    "uses_tape",
    "value_and_slope",
    "where",
    "why_broken",
    "why_none",
    "why_wrong",
    "word",
]
