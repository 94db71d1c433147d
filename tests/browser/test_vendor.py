"""The vendored libraries are the ones their README lists, each with its licence."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "workspace" / "static" / "vendor"
ROW = re.compile(r"^\| `([^`]+)` .*\]\(licences/([^)]+)\) .*`([0-9a-f]{64})` \|$", re.MULTILINE)


def test_vendored_libraries_match_their_release_and_licence() -> None:
    rows = ROW.findall((VENDOR / "README.md").read_text(encoding="utf-8"))
    carried = {path.name for path in VENDOR.iterdir() if path.suffix in (".js", ".json")}
    assert {name for name, _, _ in rows} == carried
    for name, licence, digest in rows:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
        assert (VENDOR / "licences" / licence).stat().st_size > 500


def test_libraries_refer_to_no_missing_source_map() -> None:
    assert [path.name for path in VENDOR.glob("*.js") if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []


def test_the_page_loads_nothing_from_other_hosts() -> None:
    """The page's own files refer to no other host, so that it works without a network."""
    static = VENDOR.parent
    own = [*static.glob("*.html"), *static.glob("style/*.css"), *static.glob("js/**/*.js")]
    foreign = re.compile(r"(?:src|href|url|import|fetch)\W{1,3}(?:https?:)?//", re.IGNORECASE)
    assert [path.name for path in own if foreign.search(path.read_text(encoding="utf-8"))] == []


def test_the_page_has_no_inline_code() -> None:
    page = (VENDOR.parent / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
