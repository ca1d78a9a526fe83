"""The numbers that Office gives to its preset shapes, and the names of the same shapes in DrawingML.

In: nothing. Out: :data:`SHAPE_TYPES`. Refuses nothing.
Source: [MS-ODRAW] 2.4.24 (MSOSPT); ECMA-376 part 1, 20.1.10.56 (ST_ShapeType).
"""

from __future__ import annotations

from typing import Final

SHAPE_TYPES: Final[dict[int, str]] = {
    **{1: "rect", 2: "roundRect", 3: "ellipse", 4: "diamond", 5: "triangle", 7: "parallelogram"},
    **{8: "trapezoid", 9: "hexagon", 10: "octagon", 13: "rightArrow", 20: "line", 32: "straightConnector1"},
    **{33: "bentConnector2", 34: "bentConnector3", 35: "bentConnector4", 36: "bentConnector5"},
    **{37: "curvedConnector2", 38: "curvedConnector3", 39: "curvedConnector4", 40: "curvedConnector5"},
    **{66: "leftArrow", 67: "downArrow", 68: "upArrow", 69: "leftRightArrow", 70: "upDownArrow"},
    **{75: "picture", 93: "stripedRightArrow", 94: "notchedRightArrow", 202: "textBox"},
    **{109: "flowChartProcess", 110: "flowChartDecision", 111: "flowChartInputOutput"},
    **{112: "flowChartPredefinedProcess", 113: "flowChartInternalStorage", 114: "flowChartDocument"},
    **{115: "flowChartMultidocument", 116: "flowChartTerminator", 117: "flowChartPreparation"},
    **{118: "flowChartManualInput", 119: "flowChartManualOperation", 120: "flowChartConnector"},
    **{176: "flowChartAlternateProcess", 177: "flowChartOffpageConnector"},
}
