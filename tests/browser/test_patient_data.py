"""The browser judges every labelled text as the server does."""

import json

import pytest
from playwright.sync_api import Browser

from requests_app import patient_data
from tests.architecture.code import ROOT
from tests.files.labelled import texts

pytestmark = pytest.mark.browser
SHAPES = ["SB#######"]
RUN = """([source, rules, texts]) => {
  const module = { exports: {} };
  new Function("module", source)(module);
  const judge = module.exports(rules);
  let longest = 0;
  const found = texts.map(text => {
    const began = performance.now();
    const kinds = judge(text);
    longest = Math.max(longest, performance.now() - began);
    return kinds;
  });
  return [found, longest];
}"""


def test_browser_and_server_agree_on_every_text(browser: Browser) -> None:
    asked = [one.text for seed in (20261122, 7) for one in texts(seed)]
    asked += [
        "SB1234567 to theatre",
        "x" * 6_000 + " NHS 943 476 5919",
        "943\u2009476\u20095919",
        "943 476 5919 " * 400,
    ]
    rules = patient_data.rules(this_year=2026, shapes=SHAPES)
    page = browser.new_page()
    source = (ROOT / "static" / "js" / "patient_data.js").read_text()
    seen, longest = page.evaluate(RUN, [source, json.loads(json.dumps(rules)), asked])
    page.close()
    server = [patient_data.found(text, this_year=2026, shapes=SHAPES) for text in asked]
    assert [(t, a, b) for t, a, b in zip(asked, seen, server, strict=True) if a != b] == []
    assert sum(map(bool, server)) > 1_900
    assert longest < 100, f"{longest} ms"


def test_the_comparison_sees_a_difference(browser: Browser) -> None:
    """Control: with another table on one side they differ."""
    rules = patient_data.rules(this_year=2026)
    rules["patterns"]["elsewise"] = ["(?!)", ""]
    page = browser.new_page()
    source = (ROOT / "static" / "js" / "patient_data.js").read_text()
    seen, _longest = page.evaluate(RUN, [source, rules, ["PO 943 476 5919"]])
    page.close()
    assert seen != [patient_data.found("PO 943 476 5919", this_year=2026)]
