"""The few marks of our pages, and nothing else."""

from emailketing.manual.markup import headings, plain, to_html


def html(text: str) -> str:
    return to_html(text, lambda topic: f"/help/{topic}/")


def test_what_is_no_mark_is_text() -> None:
    assert html("2 < 3 & <script>x</script>") == (
        "<p>2 &lt; 3 &amp; &lt;script&gt;x&lt;/script&gt;</p>"
    )
    assert html("`<b>` **a < b**") == "<p><code>&lt;b&gt;</code> <strong>a &lt; b</strong></p>"


def test_headings_have_anchors() -> None:
    assert html("## En duda") == '<h3 id="en-duda">En duda</h3>'
    assert headings("a\n## En duda\n### b\n## Así es") == [
        ("en-duda", "En duda"),
        ("asi-es", "Así es"),
    ]


def test_lists_go_on_in_indented_lines() -> None:
    assert html("1. a\n   b\n2. c\n\nd") == "<ol><li>a b</li><li>c</li></ol>\n<p>d</p>"
    assert html("text\n- a\n- b") == "<p>text</p>\n<ul><li>a</li><li>b</li></ul>"


def test_a_row_of_a_table_says_its_columns_on_a_phone() -> None:
    made = html("| dice | haga |\n|---|---|\n| **a** | b |")
    assert '<td data-label="dice"><strong>a</strong></td><td data-label="haga">b</td>' in made


def test_a_link_leads_to_a_topic_and_a_note_is_apart() -> None:
    assert '<a href="/help/rules/" data-help>reglas</a>' in html("[reglas](rules)")
    assert html("> a\n> b") == '<p class="ek-manual__note">a b</p>'


def test_code_stays_as_it_is() -> None:
    assert html("```\na **b**\n```\nc") == '<pre tabindex="0">a **b**</pre>\n<p>c</p>'


def test_what_search_reads_has_no_marks() -> None:
    told = plain("## Uno\n\n| a | b |\n|---|---|\n| **c** | [d](rules) |\n\n- `e`\n> f")
    assert told.split() == ["Uno", "a", "b", "c", "d", "e", "f"]
