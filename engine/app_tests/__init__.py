"""App tests: the cases a document brings along, each acted out in a database of its own.

`muniment test`, the designer and publishing call it. Nothing here knows a form or a rule; what a
step does goes the ordinary ways in, what is expected is read the ordinary ways out.
"""

from engine.app_tests.coverage import Coverage as Coverage, Covered as Covered, coverage as coverage
from engine.app_tests.houses import Prepared as Prepared, Source as Source
from engine.app_tests.runner import Result as Result, run_tests as run_tests
from engine.app_tests.workshop import try_app as try_app
