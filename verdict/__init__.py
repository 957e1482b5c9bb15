"""Verdicts on a learner's answers: whether one is right and, if not, which mistake it shows.

Knows TensorFlow and nothing of a course. A course writes a function for each of its exercises,
marked `verdict.engine.exercise`, with the judges of `verdict.judges`, as the package ``check`` does
beside this one. `verdict.none.why_none` needs no exercise: it says of any function why its gradient
is None, or wrong.

Each module stands on those before it: `running` runs a learner's code, and `errors` says what an
error of it means; `listening` hears what it does, and `none` says, in the words of `reasons`, why a
gradient is None; `engine` makes a verdict; `slips` derives wrong answers from the right one;
`judges` and `models` judge what exercises ask for.
"""
