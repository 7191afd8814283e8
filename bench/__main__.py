"""Run the benchmarks: python -m bench [CASE ...] [--quick] [--store sqlite|postgresql]."""

import argparse
import importlib
import pkgutil

from bench import cases
from bench.options import Options
from bench.stores import STORES


def main() -> None:
    """Print the tables of the wanted cases, by default of all."""
    known = [module.name for module in pkgutil.iter_modules(cases.__path__)]
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CASE", help=", ".join(known))
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, one round")
    parser.add_argument("--store", action="append", choices=sorted(STORES))
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(known)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    options = Options(
        rounds=1 if wanted.quick else 3,
        scale=0.1 if wanted.quick else 1.0,
        stores=tuple(wanted.store or STORES),
    )
    for name in wanted.names or known:
        for table in importlib.import_module(f"bench.cases.{name}").run(options):
            print(table, flush=True)


if __name__ == "__main__":
    main()
