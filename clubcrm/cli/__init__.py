"""The `clubcrm` command: set-up, servers, jobs, checks, imports and the simulated terminal."""
