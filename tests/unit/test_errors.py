from framing.errors import first_line


def test_an_error_is_told_in_one_line_also_where_it_says_nothing():
    assert first_line(OSError("one\ntwo")) == "one"
    assert first_line(ConnectionError()) == "ConnectionError"
    assert len(first_line(ValueError("x" * 900))) == 200
