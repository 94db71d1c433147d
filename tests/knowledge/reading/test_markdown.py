"""Pages of other systems: what people of those systems see is read, and nothing else."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.handbook import Page, read_handbook
from knowledge.passages import split_into_passages
from knowledge.reading.markdown import read_markdown
from knowledge.sections import find_section

Write = Callable[[str, str], Path]


def list_sentences(text: str, source: str = "page.md") -> list[str]:
    page = Page("page", "Page", source, read_markdown(text, source))
    return [unit.text for passage in split_into_passages(page) for unit in passage.units]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("<!-- Not yet. Ask Wei. -->\n\nWe meet.", ["We meet."]),
        ("<!--\nNot yet.\n\nAsk Wei.\n-->\nWe meet.", ["We meet."]),
        ("We meet <!-- not yet. Ask Wei. --> on Monday.", ["We meet on Monday."]),
        ("We meet <!-- not yet.\n\nAsk Wei. --> on Monday.", ["We meet on Monday."]),
        ("We meet<!-- a --> on <!-- b -->Monday <!-- c -->.", ["We meet on Monday."]),
        ("- We <!-- a. b -->meet.\n- > They <!-- a\n  > b --> too.", ["We meet.", "They too."]),
        ("| A | B |\n|---|---|\n| a <!-- x | y --> | b |\n<!-- | c | d | -->\n| e | f |", ["a: b", "e: f"]),
        ("<!-- outer <!-- inner --> still --> We meet.", ["We meet."]),
        ("<!-- never closed. Ask Wei.\n\nNor here.", []),
        ("We meet <!-- never closed. Ask\nWei.\n\nWe talk.", ["We meet", "We talk."]),
        ("<!-- ``` -->We meet.\n\n<!-- ``` -->", ["We meet."]),
        ("[//]: # (Ask Wei. Now.)\nWe meet.", ["We meet."]),
        ("We {# not yet. #}meet.{>> Sure? Ask. <<}", ["We meet."]),
        ("{% comment %}\nAsk Wei. Now.\n{% endcomment %}\nWe meet.", ["We meet."]),
        ("%%\nAsk Wei. Now.\n%%\nWe meet %% or not. %%.", ["We meet."]),
        ("<script>\nlet a = 1. \n\nb()</script>\nWe meet.", ["We meet."]),
        ("A --> B stays.", ["A --> B stays."]),
    ],
)
def test_what_writers_hid_is_not_read(text: str, sentences: list[str]) -> None:
    assert list_sentences(text) == sentences


@pytest.mark.parametrize(
    "code",
    [
        "<!-- kept -->",
        "{{ kept }}",
        "{% kept %}",
        "x {.kept}",
        "<b>kept</b>",
        "~~kept~~",
        "[[kept]]",
        "import a from 'b'",
    ],
)
@pytest.mark.parametrize(
    "form", ["```\n{}\n```", "    {}", "- a\n\n      {}", "~~~ html\n{}\n~~~", "We type `{}` here."]
)
def test_code_stays_as_it_is(code: str, form: str) -> None:
    assert code in " ".join(list_sentences("# Page\n\n" + form.format(code)))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("See the [guide]({{ '/a b/' | url }}) and the [form]({% page \"f/r\" %}).", ["See the guide and the form."]),
        ("See [it](<%= url('x y') %>), [that]({{< ref \"x.md\" >}}), [more][{{ r }}].", ["See it, that, more."]),
        ('{% hint style="info" title="Careful" %}\nAsk first.\n{% endhint %}', ["Careful: Ask first."]),
        ("{{< hint warning >}}\nAsk first.\n{{< /hint >}}", ["Ask first."]),
        ('{% include note.html content="Nothing is recorded." %}', ["Nothing is recorded."]),
        ("<%= warning_text('Nothing is recorded.') %> <% if a > 1 %>Ask.<% end %>", ["Nothing is recorded.", "Ask."]),
        ("{{ site.name }} opens at {{ hours }}.\n{%- if x -%}", ["opens at."]),
        ("Type {% raw %}{{ name }}{% endraw %}.", ["Type {{ name }}."]),
        ("Ask <b>Wei</b>. <a href=\"x\" title=\"One. Two.\">Call</a> now.<br/>", ["Ask Wei.", "Call now."]),
        ("<details>\n<summary>How long</summary>\n\nTwo days.\n</details>", ["How long:", "Two days."]),
        ("<ul>\n      <li>One</li>\n      <li>Two</li>\n</ul>", ["One", "Two"]),
        ("The limit is <del>10 days. Or</del> 15 days.", ["The limit is 15 days."]),
    ],
)  # fmt: skip
def test_tags_go_and_words_stay(text: str, sentences: list[str]) -> None:
    assert list_sentences(text) == sentences


def test_components_are_read_as_their_words() -> None:
    text = (
        "import Tabs from '@theme/Tabs';\nimport {\n  A,\n} from \"b\";\n"
        "export const fees = {\n  a: 1,\n\n  b: [2],\n};\n\n"
        '{/* Ask Wei. */}\n<Tabs values={[{a: 1}]} onChange={() => 1 > 0}>\n<TabItem label="By card">\n\n'
        "Pay {fees.a} euros{' '}now.\n\n</TabItem>\n</Tabs>\n"
    )

    assert list_sentences(text, "fees.mdx") == ["By card:", "Pay euros now."]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Ask the sponsor above 10,000 euros{: .lead}.", ["Ask the sponsor above 10,000 euros."]),
        ("{: .intro #top }\nAsk.\n{: .lead}", ["Ask."]),
        ("[Open](/form){ .button .big } or [this]{.red} `code`{.py} ![a](a.png){ width=50% }", ["Open or this code a"]),
        ("[Open](/form){target=_blank}{: title=\"a b\"}.", ["Open."]),
        ("Write {name} and {a, b}.", ["Write {name} and {a, b}."]),
    ],
)  # fmt: skip
def test_attribute_lists_are_not_words(text: str, sentences: list[str]) -> None:
    assert list_sentences(text) == sentences


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## Limits {#money .wide}", "money"),
        ("## Limits {: #money }", "money"),
        ("## Limits ## {#money}", "money"),
        ("Limits {#money}\n------", "money"),
        ("## Limits\n{: .wide #money}", "money"),
        ('## <a name="money"></a>Limits', "money"),
        ("<h2 id='money' class=x>Limits</h2>", "money"),
        ("## Limits {.wide}", "limits"),
    ],
)
def test_heading_keeps_its_own_anchor(heading: str, anchor: str) -> None:
    page = Page(
        "page", "Page", "page.md", read_markdown(f"# Page\n\n{heading}\n\nAsk.\n\n### More {{#more}}\n\nA.\n", "a.md")
    )

    first, second = split_into_passages(page)

    assert (first.section, first.anchor, second.section) == ("Page › Limits", anchor, "Page › Limits › More")
    section = find_section(page, anchor)
    assert section is not None
    assert (section.heading, section.markdown) == ("Limits", "Ask.\n\n### More\n\nA.")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("> [!WARNING]\n> Frozen.", ["Frozen."]),
        ("> [!tip]- Mind this\n> Frozen.", ["Mind this: Frozen."]),
        ("!!! note \"Carry-over\"\n    Unspent.\n\n    - Money.\n\nNext.", ["Carry-over: Unspent.", "Money.", "Next."]),
        ("??? question\n\n    Why?\n\n    !!! tip\n        So.\n", ["Why?", "So."]),
        (":::tip\nAsk early.\n:::\n:::note[Sign first]\nThen go.\n:::", ["Ask early.", "Sign first: Then go."]),
        ("::: {.callout-note title=\"Mind\"}\nAsk.\n:::", ["Mind: Ask."]),
        ("=== \"By card\"\n\n    Pay.\n", ["By card:", "Pay."]),
        ("/// note | Mind\nAsk.\n///", ["Mind: Ask."]),
        ("```{warning}\nAsk **first**.\n```", ["Ask first."]),
        ("It is ~~10 days. Or so~~ 15 days; see [[Calendar|the calendar]].", ["It is 15 days; see the calendar."]),
        ("See [[Calendar]], [[a/Days#Off]] ![[x.png]] and ==this== H~2~O.", ["See Calendar, Days, Off and this H2O."]),
        ("The PMO asks[^1].\n\n*[PMO]: office\n[^1]: In May.\n    Or June.", ["The PMO asks.", "In May.", "Or June."]),
        ("[TOC]\n\n* TOC\n{:toc}\n\nTerm\n:   Its meaning.", ["Term: Its meaning."]),
        (":warning: Ask at 10:30:45 :tada:", ["⚠ Ask at 10:30:45"]),
        ("'''Bold''' [https://a.b words]\n\n__NOTOC__\n[[Category:Old]]", ["Bold words"]),
        ("See [the guide](my page.md), [that][none] and [bad](x", ["See the guide, that and bad"]),
        ("Read [this first. Then go](x.md) now.", ["Read this first. Then go now."]),
        ("**One. Two.** Three.", ["One.", "Two.", "Three."]),
    ],
)  # fmt: skip
def test_callouts_and_extensions_are_their_words(text: str, sentences: list[str]) -> None:
    assert list_sentences(text) == sentences


@pytest.mark.parametrize(
    ("text", "title", "sections"),
    [
        ("How risks are scored\n===\n\nA.\n\nWho scores\n---\n\nB.", "How risks are scored", ["", " › Who scores"]),
        ("<h1 align=center>\n  <img src=a.png>\n  Risks\n</h1>\n\nA.", "Risks", [""]),
        ("```\n# no title\n```\n\n# Risks\n\nA.", "Risks", ["", ""]),
        ("---\ntitle: Risks\n---\n# How we score\n\nA.", "Risks", [" › How we score"]),
        ("# Risks {#top}\n\nA.", "Risks", [""]),
    ],
)
def test_titles_are_found_in_all_forms(folder: Path, write: Write, text: str, title: str, sections: list[str]) -> None:
    write("scoring.md", text)

    (page,) = read_handbook(folder)

    assert page.title == title
    assert [one.section for one in split_into_passages(page)] == [title + path for path in sections]


LONG = """Start <!-- hidden.

Still. --> here.

!!! note
    Noted.

| A | B |
|---|---|
<!-- row -->
| c | d |

<h2>
Second
</h2>

{% if a
   %}
End.
"""


def test_lines_keep_their_numbers(folder: Path, write: Write) -> None:
    write("lines.md", f'+++\ntitle = "Lines"\n+++\n{LONG}')

    (page,) = read_handbook(folder)

    assert page.text.count("\n") == LONG.count("\n")
    first, second = split_into_passages(page)
    assert (first.line, second.line) == (4, 4 + LONG.splitlines().index("End."))


PIECES = (
    "<!--", "{%", "{{", "{", "<%", "~~", "==", "[[", "[^", "%%", "{#a ", "{/*", "<h1>", "<script>", "<pre>", "''", "](",
    "{++", "{{<", "<summary>", ":a", "`a``", "[a](b ", "++", "<td>", "    a\n\n", "!!! a\n", ":::a\n", "<div>\n",
    "[a][", "```\n", "export const a\n", "{% raw %}", "---\n", "<a b ", "a: ",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_page_of_only_marks_is_read_quickly(piece: str) -> None:
    began = time.process_time()

    read_markdown(piece * 20_000, "page.mdx")

    assert time.process_time() - began < 5
