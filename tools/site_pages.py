"""What the documentation's site shows of the files beside `docs/`, for mkdocs (`mkdocs.yml`).

README, CONTRIBUTING and CHANGELOG are pages of the site as they are; links between them and `docs/`
lead to pages.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
# Of files that are in the repository and on no page, the name is left.
_NO_PAGE = re.compile(r"\[([^]]+)]\((?:CITATION\.cff|LICENSE)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in `docs/`."""
    for name, page in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](")
        files.append(File.generated(config, page, content=_NO_PAGE.sub(r"\1", text)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to those files to their pages."""
    for name, to in PAGES.items():
        markdown = re.sub(rf"]\((?:\.\./)?{re.escape(name)}(?=[)#])", f"]({to}", markdown)
    return markdown
