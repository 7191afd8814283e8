"""The `clubcrm` command: set-up, servers, jobs, checks, imports and the simulated terminal."""

import gc

# A command loads some two thousand modules, none of which is garbage: looking through them again
# and again meanwhile took a quarter of its start. `main` looks for garbage again.
gc.disable()
