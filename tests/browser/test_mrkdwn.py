"""Slack's mrkdwn, parsed as Slack's client parses it."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# A short form of the tree: a string for text, [kind, …] for everything else.
SHORT = """async (text) => {
    const { parse } = await import("/static/js/mrkdwn.js");
    const short = (node) => {
        if (node.kind === "text") return node.text;
        if (node.kind === "list") return ["list", ...node.items.map((item) => item.children.map(short))];
        const what = node.address ?? node.id ?? node.name ?? node.timestamp ?? node.text;
        return [node.kind, ...(what === undefined ? [] : [what]), ...(node.children ?? []).map(short)];
    };
    return parse(text).flatMap((node) => (node.kind === "lines" ? node.children.map(short) : [short(node)]));
}"""

CASES: list[tuple[str, list[Any]]] = [
    ("*bold* and _italic_ and ~gone~", [["bold", "bold"], " and ", ["italic", "italic"], " and ", ["strike", "gone"]]),
    ("*_both_*", [["bold", ["italic", "both"]]]),
    ("2 * 3 * 4 and snake_case_name", ["2 * 3 * 4 and snake_case_name"]),
    ("*not closed", ["*not closed"]),
    ("* spaced *", ["* spaced *"]),
    ("`*code*` here", [["code", "*code*"], " here"]),
    ("a &lt;b&gt; &amp;amp;", ["a <b> &amp;"]),
    (
        "<https://example.org/?a=1&amp;b=2|the *page*>",
        [["link", "https://example.org/?a=1&b=2", "the ", ["bold", "page"]]],
    ),
    ("see https://example.org/a.", ["see ", ["link", "https://example.org/a", "https://example.org/a"], "."]),
    ("see HTTPS://Example.org", ["see ", ["link", "HTTPS://Example.org", "HTTPS://Example.org"]]),
    ("*a `b* c` d*", [["bold", "a ", ["code", "b* c"], " d"]]),
    ("*a <https://example.org/b*c> d*", [["bold", "a ", ["link", *["https://example.org/b*c"] * 2], " d"]]),
    ("<mailto:ben@example.org|Ben>", [["link", "mailto:ben@example.org", "Ben"]]),
    ("<javascript:alert(1)|press>", ["press"]),
    ("<@U02BEN> <#C01GENERAL|general>", [["user", "U02BEN"], " ", ["channel", "C01GENERAL"]]),
    ("<!here> <!subteam^S1|@pmo>", [["broadcast", "here"], " ", ["group", "S1"]]),
    ("<!date^1789376400^{date_num}|14 Sep>", [["date", 1789376400]]),
    (":tada: 10:30:45", [["emoji", "tada"], " 10", ["emoji", "30"], "45"]),
    ("&gt; one\n&gt; two\nthree", [["quote", ["lines", "one", ["break"], "two"]], "three"]),
    ("&gt; &gt; one", [["quote", ["lines", "> one"]]]),
    ("• one\n• two", [["list", ["one"], ["two"]]]),
    ("1. one\n2. two", [["list", ["one"], ["two"]]]),
    ("before\n```\na *b*\n<https://example.org|c>\n```\nafter", ["before", ["pre", "a *b*\nc"], "after"]),
    ("one\ntwo", ["one", ["break"], "two"]),
    ("", []),
]


async def test_mrkdwn_is_parsed_as_in_slack(page: Page) -> None:
    read = {text: await page.evaluate(SHORT, text) for text, _ in CASES}
    assert read == dict(CASES)


ENDLESS = ["> ", "&gt; ", "*a ", "*_~", "`a ", "<", "<http:", "http://. ", ":a", "*a\n", "[", "- a\n", "* `"]


@pytest.mark.parametrize("unit", ENDLESS)
async def test_the_longest_message_is_parsed_quickly(page: Page, unit: str) -> None:
    count = """async (text) => (await import("/static/js/mrkdwn.js")).parse(text).length"""
    assert await page.evaluate(count, (unit * 40_000)[:40_000]) > 0


@pytest.mark.parametrize(
    ("format_", "shown"),
    [
        ("{date_num} {time}", "2026-09-14 10:00"),
        ("{date} at {time_secs}", "14 September 2026 at 10:00:00"),
        ("{date_short}", "14 Sept 2026"),
        ("{date_long_pretty}", "Today"),
        ("{ago}, {unknown}", "2 hours ago, {unknown}"),
    ],
)
async def test_dates_appear_in_the_readers_time_zone(page: Page, format_: str, shown: str) -> None:
    written = """async ([format, now]) => {
        const { formatTokens } = await import("/static/js/dates.js");
        return formatTokens(1789376400, format, new Date(now));
    }"""
    assert await page.evaluate(written, [format_, "2026-09-14T11:00:00Z"]) == shown
