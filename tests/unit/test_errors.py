from framing.errors import FramingError


def test_message_says_expected_found_and_next_step_in_one_line():
    error = FramingError(expected="a file", found="none", fix="Check the path.")

    assert str(error) == "expected a file, found none. Check the path."
