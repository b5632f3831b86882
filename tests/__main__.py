"""`python3 tests`: set up what Unroll and its tests need, and run pytest; further arguments go to pytest."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Set up as `python3 app` does, with the tests' own packages, and become pytest."""
    # `python3 tests` puts tests/ on the path, not the folder above it, from which everything is imported.
    sys.path.insert(0, str(ROOT))
    from app.__main__ import check_python  # noqa: PLC0415 - found only now

    check_python(sys.version_info[:2])
    from app import environment  # noqa: PLC0415 - an old Python could not read it

    arguments = sys.argv[1:]
    try:
        environment.prepare(
            ROOT / "tests", arguments, [environment.REQUIREMENTS, environment.TEST_REQUIREMENTS]
        )
        environment.replace_process([sys.executable, "-m", "pytest", *arguments], in_root=True)
    except environment.SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
