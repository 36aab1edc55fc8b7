"""What several tests share: small valid specs, random ones, judges that nobody here wrote, and a server to ask."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
