"""What the typeface has, and the QR code."""

import base64

import pytest

from api.paper.font import lacking, printable
from api.paper.qr import qr_svg


def test_what_can_be_printed() -> None:
    for name in ("测试人", "㐀𠮷", "阿卜杜热西提·买买提", "Anna-Maria O'Neil", "龘䶮𬭼"):
        assert lacking(name) == []
        assert printable(name) == name
    assert lacking("测\U000323b0😀\U000323b0") == ["\U000323b0", "😀"]
    assert lacking("\ue000ئ") == ["\ue000", "ئ"]
    assert printable("测\U000323b0") == "测〓"
    assert lacking("〓") == []


@pytest.mark.parametrize("length", [10, 900, 1200, 2900])
def test_a_code_of_any_length_there_is(length: int) -> None:
    text = base64.b64encode(bytes(length)).decode()[:length]
    drawn = qr_svg(text)
    assert drawn.startswith("<svg")
    assert drawn == qr_svg(text)
