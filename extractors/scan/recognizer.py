"""The picture of one line of text → characters, each with what else it might be.

In: grey pictures of lines, dark on white. Out: :class:`Reading`: the characters from left to right, where each stands
(pixels of the picture), how sure the network is and what its second choice was. The network is PP-OCRv6 (small), which
comes inside the wheel of rapidocr; nothing is ever downloaded. Refused: nothing; a blank line gives no characters.

One line is one run of the network: runs of several lines are slower on one core, and need more memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extractors.scan.paper import Picture

MODEL = "PP-OCRv6_rec_small.onnx"
HEIGHT = 48
"""Pixels; the height that the network was trained on."""
STEP = 64
"""Widths are rounded up to multiples of this: so few sizes that memory does not grow with their number."""
WIDEST = 3200
BLANK = 0


USUAL_SIGNS = frozenset("“”‘’（）《》〈〉【】〔〕、。，；：！？…—·～％℃№×÷±＋－＝／★☆○●□■△▲√①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ〇￥")
FIRST_LEVEL = 0xB0
"""The first row of GB 2312 that holds Chinese characters."""
LEAST = 0.005
"""A usual character that the network believes in so far is taken rather than an unusual one."""


@dataclass(frozen=True, slots=True)
class Character:
    """A recognized character. x: its middle. share: of the network's belief. rival, rival_share: its second choice."""

    text: str
    x: float
    share: float
    rival: str
    rival_share: float


def recognize(line: Picture, squeeze: float = 1.0) -> list[Character]:
    """The characters of one line. squeeze: the width is taken by so much smaller, for a second look."""
    session, alphabet = network()
    height, width = line.shape
    wide = min(max(round(width * HEIGHT / height * squeeze), 8), WIDEST)
    scaled = cv2.resize(line, (wide, HEIGHT), interpolation=cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC)
    room = -(-wide // STEP) * STEP
    strip = np.full((HEIGHT, room), 255, np.uint8)
    strip[:, :wide] = scaled
    pixels = np.broadcast_to(strip.astype(np.float32) / 127.5 - 1.0, (1, 3, HEIGHT, room))
    (beliefs,) = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(pixels)})[0]
    return _decoded(beliefs, alphabet, width / wide * room / len(beliefs))


def is_usual(text: str) -> bool:
    """Whether a character is to be expected in a document in simplified script."""
    if text.isascii() or text in USUAL_SIGNS:
        return True
    code = text.encode("gb2312", "ignore")
    return len(code) == 2 and code[0] >= FIRST_LEVEL


def _decoded(beliefs: npt.NDArray[np.float32], alphabet: tuple[str, ...], pitch: float) -> list[Character]:
    """The characters by the rule of CTC: equal neighbours are one, blanks part them.

    The network knows traditional characters, kana and pictures too: where it wavers, the usual character is meant.
    """
    usual = _usual_classes()
    best = beliefs.argmax(axis=1)
    found: list[Character] = []
    start = 0
    for step in range(1, len(best) + 1):
        if step < len(best) and best[step] == best[start]:
            continue
        if best[start] != BLANK:
            shares = beliefs[start:step, best[start]]
            peak = start + int(shares.argmax())
            row = beliefs[peak].copy()
            chosen = int(best[start])
            if not usual[chosen]:
                other = int(np.where(usual, row, 0).argmax())
                chosen = other if row[other] >= LEAST else chosen
            belief, row[chosen] = float(row[chosen]), 0
            rival = int(row.argmax())
            middle = start + float((shares * np.arange(len(shares))).sum() / shares.sum())
            found.append(
                Character(alphabet[chosen], (middle + 0.5) * pitch, belief, alphabet[rival], float(row[rival]))
            )
        start = step
    return found


@cache
def _usual_classes() -> npt.NDArray[np.bool_]:
    """Which classes of the network stand for usual characters; the blank does not."""
    _, alphabet = network()
    return np.array([bool(text) and is_usual(text) for text in alphabet])


@cache
def network() -> tuple[Any, tuple[str, ...]]:
    """The network and its alphabet, loaded once a process."""
    import onnxruntime

    found = find_spec("rapidocr")  # the package itself is not imported: it would bring its own ways with it
    folder = next(iter(found.submodule_search_locations or ()), "") if found else ""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # pages are read side by side, which is faster than one page on two cores
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    model = Path(folder) / "models" / MODEL
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    alphabet = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return session, ("", *alphabet, " ")
