"""Rows of a table as cards of a phone: each cell names its column, empty ones can be left out."""

import pytest
from markupsafe import Markup

from clubcrm.core.card_rows import labelled

ROW = '<tr>\n<th scope="row">Mia</th><td class="num">12 &lt; 13</td><td> – </td><td></td></tr>'


@pytest.mark.parametrize("kind", [str, Markup])
def test_each_cell_carries_the_words_of_its_column_and_empty_ones_are_marked(kind):
    told = labelled(kind(ROW), ["Who", ("How <many>", "num"), "Why", "When"])

    assert 'th data-label="Who" scope="row">Mia' in told
    assert (told.startswith("<tr>"), told.endswith("</tr>")) == (True, True)
    assert '<td data-label="How &lt;many&gt;" class="num">12 &lt; 13</td>' in told
    assert told.count("data-none>–</td>") == 2
    assert '<td data-label="When" data-none>' in told


def test_every_row_begins_anew_and_further_cells_have_no_name():
    told = labelled(ROW + ROW, ["Who"])

    assert told.count('data-label="Who"') == 2
    assert told.count('data-label=""') == 6
