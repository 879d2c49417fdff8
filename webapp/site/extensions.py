"""The extension objects, made once and bound to the application in `create_app`.

There is no session extension: the public face keeps nothing, and a form carries its own token.

Small on purpose: what imports an extension must not import the assembly.
"""

from flask_babel import Babel
from htmx_flask import Htmx

babel = Babel()
htmx = Htmx()
