"""Markdown of other systems as the Markdown that is understood everywhere: CommonMark with tables.

What nobody sees (comments, template tags, attribute lists) goes, what readers see stays. The number of lines up to each
paragraph stays the same.
"""

from knowledge.reading.callouts import read_callouts
from knowledge.reading.extensions import read_extensions
from knowledge.reading.hidden_text import hide_code, restore_code
from knowledge.reading.links import read_links
from knowledge.reading.tags import (
    is_component_page,
    remove_expressions,
    remove_html,
    remove_scripts,
    remove_template_tags,
)


def read_markdown(text: str, source: str) -> str:
    """The text of a page; `source` is its path, because some names say which system it is from."""
    codes: list[str] = []
    text = hide_code(text, codes)
    is_mdx = is_component_page(text, source)
    if is_mdx:
        text = remove_scripts(text)
    text = remove_template_tags(text)
    text = read_callouts(text)
    text = read_extensions(text, codes)
    text = remove_html(text, is_mdx=is_mdx)
    if is_mdx:
        text = remove_expressions(text)
    return restore_code(read_links(text), codes)
