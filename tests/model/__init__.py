"""An independent model of the business rules: naive, slow, and meant to be obviously right.

It is written from the rules alone and shares nothing with the engine. `play` tells what a
scenario document must come to; what the rules leave open is listed in READINGS.md.
"""

from .draws import Draws
from .player import Played, comparable, play, play_steps
from .world import Refused

__all__ = ["Draws", "Played", "Refused", "comparable", "play", "play_steps"]
