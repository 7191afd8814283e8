"""The look of a letter is read from its plain words and adds nothing to them."""

from clubcrm.messaging.rules.markup import Block, Part, blocks_of


def test_words_a_colon_and_an_address_alone_become_a_button() -> None:
    blocks = blocks_of("Dear Mia,\n\nStay with us: https://club.example/r/abc\n\nBye")

    assert blocks[1] == Block(
        ((Part("Stay with us", "https://club.example/r/abc"),),), is_button=True
    )
    assert [block.is_button for block in blocks] == [False, True, False]


def test_address_within_a_sentence_becomes_a_link_without_its_full_stop() -> None:
    (block,) = blocks_of("It takes a minute: see https://club.example/p/1. Thank you")

    assert block.lines[0] == (
        Part("It takes a minute: see "),
        Part("https://club.example/p/1", "https://club.example/p/1"),
        Part(". Thank you"),
    )


def test_lines_stay_lines_and_empty_paragraphs_vanish() -> None:
    blocks = blocks_of("See you soon,\nyour team\n\n\n\n  \nP.S.")

    assert [len(block.lines) for block in blocks] == [2, 1]


def test_words_that_stand_for_a_link_are_no_button() -> None:
    (block,) = blocks_of("Stay with us: at our desk")

    assert block == Block(((Part("Stay with us: at our desk"),),))


def test_only_web_addresses_are_links() -> None:
    (block,) = blocks_of("Look: javascript:alert(1)")

    assert block == Block(((Part("Look: javascript:alert(1)"),),))
