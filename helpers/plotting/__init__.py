"""Every figure of the lessons, in one look: one module for each kind of thing that is drawn.

Data first, options by keyword; a function returns the figure that it drew. A new module needs one
line here.
"""
# ruff: noqa: F403

from .answers import *
from .convolutions import *
from .functions import *
from .generalisation import *
from .gradients import *
from .images import *
from .inputs import *
from .models import *
from .optimizers import *
from .playing import *
from .tapes import *
from .training import *
from .workers import *
