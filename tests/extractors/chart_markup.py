"""Flow charts written as Word 2010, Word 2003, WPS and Excel write them, for tests of the readers of drawings.

In: steps and arrows in points. Out: markup of runs and drawings. One chart can be written in every notation, so that
the graphs can be compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extractors.document import FlowChart
from tests.extractors.word_markup import NAMESPACES, par

EMU = 12700
WORD = "http://schemas.microsoft.com/office/word/2010/wordprocessing"
CHART_NAMESPACES = (
    f'{NAMESPACES} xmlns:wpg="{WORD}Group" xmlns:wpc="{WORD}Canvas" '
    'xmlns:w10="urn:schemas-microsoft-com:office:word" mc:Ignorable=""'
)
SHAPE_TYPES = {"rect": "109", "flowChartProcess": "109", "flowChartDecision": "110", "flowChartTerminator": "116"}
SITES = {"top": 0, "left": 1, "bottom": 2, "right": 3}


@dataclass(frozen=True)
class Step:
    """A shape, in points. framed: it has an outline."""

    text: str
    x: float
    y: float
    w: float = 90
    h: float = 30
    form: str = "flowChartProcess"
    framed: bool = True

    def site(self, side: str) -> tuple[float, float]:
        return {
            "top": (self.x + self.w / 2, self.y),
            "bottom": (self.x + self.w / 2, self.y + self.h),
            "left": (self.x, self.y + self.h / 2),
            "right": (self.x + self.w, self.y + self.h / 2),
        }[side]


@dataclass(frozen=True)
class Arrow:
    """A connector from a side of one step to a side of another (indices). bent: an elbow instead of a straight line."""

    start: int
    end: int
    sides: tuple[str, str] = ("bottom", "top")
    bent: bool = False


@dataclass(frozen=True)
class Chart:
    steps: tuple[Step, ...]
    arrows: tuple[Arrow, ...]

    def moved(self, x: float, y: float) -> Chart:
        return replace(self, steps=tuple(replace(step, x=step.x + x, y=step.y + y) for step in self.steps))

    def ends(self, arrow: Arrow) -> tuple[tuple[float, float], tuple[float, float]]:
        return self.steps[arrow.start].site(arrow.sides[0]), self.steps[arrow.end].site(arrow.sides[1])


LICENCE = Chart(
    (
        Step("申请人提出申请", 150, 0, form="flowChartTerminator"),
        Step("政务服务窗口受理\n（1个工作日）", 140, 55, 110, 36),
        Step("材料是否齐全", 145, 116, 100, 50, "flowChartDecision"),
        Step("一次告知补正", 300, 126),
        Step("业务科室审查", 150, 195),
        Step("局长审批\n（3个工作日）", 145, 250, 100, 36),
        Step("送达", 150, 312, form="flowChartTerminator"),
        Step("是", 200, 168, 24, 20, "rect", framed=False),
        Step("否", 258, 118, 24, 20, "rect", framed=False),
    ),
    (
        Arrow(0, 1),
        Arrow(1, 2),
        Arrow(2, 4),
        Arrow(2, 3, ("right", "left")),
        Arrow(3, 1, ("top", "right"), bent=True),
        Arrow(4, 5),
        Arrow(5, 6),
    ),
)
LICENCE_EDGES = {
    ("申请人提出申请", "政务服务窗口受理\n（1个工作日）", ""),
    ("政务服务窗口受理\n（1个工作日）", "材料是否齐全", ""),
    ("材料是否齐全", "业务科室审查", "是"),
    ("材料是否齐全", "一次告知补正", "否"),
    ("一次告知补正", "政务服务窗口受理\n（1个工作日）", ""),
    ("业务科室审查", "局长审批\n（3个工作日）", ""),
    ("局长审批\n（3个工作日）", "送达", ""),
}


def edges_of(chart: FlowChart) -> set[tuple[str | None, str | None, str]]:
    """The edges by the texts of their steps."""
    return {
        (
            chart.nodes[edge.start].text if edge.start is not None else None,
            chart.nodes[edge.end].text if edge.end is not None else None,
            edge.label,
        )
        for edge in chart.edges
    }


def emu(value: float) -> int:
    return round(value * EMU)


def transform(x: float, y: float, w: float, h: float, extra: str = "", prefix: str = "a") -> str:
    return (
        f'<{prefix}:xfrm{extra}><a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(w)}" cy="{emu(h)}"/></{prefix}:xfrm>'
    )


def line_frame(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float, float, float, str]:
    """The box of a line and the flips that make it run from its start to its end."""
    (x0, y0), (x1, y1) = start, end
    flips = (' flipH="1"' if x1 < x0 else "") + (' flipV="1"' if y1 < y0 else "")
    return min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0), flips


def elbow(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float, float, float, str]:
    """The frame of a bentConnector2 from the top of one shape to the right side of another, up and then left."""
    (x0, y0), (x1, y1) = start, end
    w, h = abs(x1 - x0), abs(y1 - y0)
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    return cx - h / 2, cy - w / 2, h, w, ' rot="16200000" flipV="1"'


def outline(framed: bool) -> str:
    if not framed:
        return "<a:noFill/><a:ln><a:noFill/></a:ln>"
    fill = '<a:solidFill><a:srgbClr val="{}"/></a:solidFill>'
    return f'{fill.format("FFFFFF")}<a:ln w="9525">{fill.format("000000")}</a:ln>'


def text_box(text: str) -> str:
    lines = "".join(par(line, properties='<w:jc w:val="center"/>') for line in text.split("\n"))
    return f"<w:txbxContent>{lines}</w:txbxContent>"


def wsp(step: Step, key: int) -> str:
    named = f'<wps:cNvPr id="{key}" name="自选图形 {key}"/>'
    body = f"<wps:txbx>{text_box(step.text)}</wps:txbx>" if step.text else ""
    return (
        f"<wps:wsp>{named}<wps:cNvSpPr/><wps:spPr>{transform(step.x, step.y, step.w, step.h)}"
        f'<a:prstGeom prst="{step.form}"><a:avLst/></a:prstGeom>{outline(step.framed)}</wps:spPr>{body}'
        '<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/></wps:wsp>'
    )


def connector(chart: Chart, arrow: Arrow, key: int, *, ids: bool, first: int = 2, prefix: str = "wps") -> str:
    start, end = chart.ends(arrow)
    x, y, w, h, extra = (elbow if arrow.bent else line_frame)(start, end)
    form = "bentConnector2" if arrow.bent else "straightConnector1"
    joined = ""
    if ids:
        joined = "".join(
            f'<a:{name} id="{index + first}" idx="{SITES[side]}"/>'
            for name, index, side in zip(("stCxn", "endCxn"), (arrow.start, arrow.end), arrow.sides, strict=True)
        )
    shape = (
        f"{transform(x, y, w, h, extra)}"
        f'<a:prstGeom prst="{form}"><a:avLst/></a:prstGeom>'
        '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill><a:tailEnd type="triangle"/></a:ln>'
    )
    if prefix == "xdr":
        return (
            f'<xdr:cxnSp macro=""><xdr:nvCxnSpPr><xdr:cNvPr id="{key}" name="连接符 {key}"/>'
            f"<xdr:cNvCxnSpPr>{joined}</xdr:cNvCxnSpPr></xdr:nvCxnSpPr><xdr:spPr>{shape}</xdr:spPr></xdr:cxnSp>"
        )
    return (
        f'<wps:wsp><wps:cNvPr id="{key}" name="连接符 {key}"/><wps:cNvCnPr>{joined}</wps:cNvCnPr>'
        f"<wps:spPr>{shape}</wps:spPr><wps:bodyPr/></wps:wsp>"
    )


def members(chart: Chart, *, ids: bool, first: int = 2) -> str:
    shapes = [wsp(step, index) for index, step in enumerate(chart.steps, first)]
    lines = [
        connector(chart, arrow, index, ids=ids, first=first)
        for index, arrow in enumerate(chart.arrows, first + len(chart.steps))
    ]
    return "".join(shapes + lines)


def size(chart: Chart) -> tuple[float, float]:
    return max(s.x + s.w for s in chart.steps) + 10, max(s.y + s.h for s in chart.steps) + 10


def placed(
    content: str, uri: str, x: float, y: float, w: float, h: float, *, key: int = 1, inline: bool = False
) -> str:
    """A run with a drawing in Word's two notations: the new one and, for old programs, none."""
    data = f'<a:graphicData uri="{WORD}{uri}">{content}</a:graphicData>'
    graphic = f'<wp:docPr id="{key}" name="画布 {key}"/><a:graphic>{data}</a:graphic>'
    extent = f'<wp:extent cx="{emu(w)}" cy="{emu(h)}"/>'
    if inline:
        drawing = f'<wp:inline distT="0" distB="0" distL="0" distR="0">{extent}{graphic}</wp:inline>'
    else:
        drawing = (
            '<wp:anchor distT="0" distB="0" distL="114300" distR="114300" simplePos="0" relativeHeight="1" '
            'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
            f'<wp:positionH relativeFrom="column"><wp:posOffset>{emu(x)}</wp:posOffset></wp:positionH>'
            f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{emu(y)}</wp:posOffset></wp:positionV>'
            f'{extent}<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>{graphic}</wp:anchor>'
        )
    requires = {"Canvas": "wpc", "Group": "wpg", "Shape": "wps"}[uri]
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="{requires}"><w:drawing>{drawing}</w:drawing></mc:Choice>'
        "<mc:Fallback><w:pict><v:rect><v:textbox>"
        f"{text_box('旧程序看到的')}</v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def canvas(chart: Chart, *, ids: bool = True, inline: bool = True) -> str:
    w, h = size(chart)
    content = f"<wpc:wpc><wpc:bg/><wpc:whole/>{members(chart, ids=ids)}</wpc:wpc>"
    return placed(content, "Canvas", 0, 0, w, h, inline=inline)


def group_transform(x: float, y: float, w: float, h: float, inner: tuple[float, float, float, float]) -> str:
    cx, cy, cw, ch = inner
    return (
        f'<wpg:grpSpPr><a:xfrm><a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(w)}" cy="{emu(h)}"/>'
        f'<a:chOff x="{emu(cx)}" y="{emu(cy)}"/><a:chExt cx="{emu(cw)}" cy="{emu(ch)}"/></a:xfrm></wpg:grpSpPr>'
    )


def group(chart: Chart, *, ids: bool = False, scale: float = 1, depth: int = 1, x: float = 0, y: float = 0) -> str:
    """The chart as nested groups, each drawn at ``scale`` of the coordinates inside it."""
    w, h = size(chart)
    content = members(chart, ids=ids)
    for level in range(depth):
        tag = "wgp" if level == depth - 1 else "grpSp"
        shift = 0 if tag == "wgp" else 100 * (level + 1)
        inner = (0.0, 0.0, w, h) if level == 0 else (100.0 * level, 100.0 * level, w, h)
        if level:
            inner = (*inner[:2], w, h)
        w, h = (w * scale, h * scale) if level == 0 else (w, h)
        named = '<wpg:cNvPr id="90" name="组合"/>' if tag == "grpSp" else ""
        transformed = group_transform(shift, shift, w, h, inner)
        content = f"<wpg:{tag}>{named}<wpg:cNvGrpSpPr/>{transformed}{content}</wpg:{tag}>"
    return placed(content, "Group", x, y, w, h)


def loose(chart: Chart, *, ids: bool = False) -> list[str]:
    """The chart as shapes that float one by one; each run hangs on whichever paragraph it is put in."""
    runs = []
    for index, step in enumerate(chart.steps, 2):
        content = wsp(replace(step, x=0, y=0), index)
        runs.append(placed(content, "Shape", step.x, step.y, step.w, step.h, key=index))
    for index, arrow in enumerate(chart.arrows, 2 + len(chart.steps)):
        content = connector(chart, arrow, index, ids=ids)
        frame = (elbow if arrow.bent else line_frame)(*chart.ends(arrow))[:4]
        content = re.sub(r'<a:off x="-?\d+" y="-?\d+"/>', '<a:off x="0" y="0"/>', content)
        runs.append(placed(content, "Shape", *frame, key=index))
    return runs


def vml_step(step: Step, key: int, *, inner: bool, tag: str = "shape") -> str:
    unit = "" if inner else "pt"
    names = ("left", "top") if inner else ("margin-left", "margin-top")
    scale = 20 if inner else 1
    style = (
        f"position:absolute;{names[0]}:{step.x * scale:g}{unit};{names[1]}:{step.y * scale:g}{unit};"
        f"width:{step.w * scale:g}{unit};height:{step.h * scale:g}{unit};z-index:{key}"
    )
    kind = f' type="#_x0000_t{SHAPE_TYPES.get(step.form, "202")}"' if tag == "shape" else ""
    frame = "" if step.framed else ' filled="f" stroked="f"'
    box = f'<v:textbox inset="0,0,0,0">{text_box(step.text)}</v:textbox>' if step.text else ""
    return f'<v:{tag} id="_x0000_s{1026 + key}"{kind} style="{style}"{frame}>{box}</v:{tag}>'


def vml_arrow(chart: Chart, arrow: Arrow, key: int, *, inner: bool) -> str:
    """A straight arrow as a v:line with the corners of its box and flips; an elbow as a polyline."""
    unit, scale = ("", 20) if inner else ("pt", 1)
    start, end = chart.ends(arrow)
    stroke = '<v:stroke endarrow="block"/>'
    if arrow.bent:
        corners = (start, (start[0], end[1]), end)
        points = " ".join(f"{x * scale:g}{unit},{y * scale:g}{unit}" for x, y in corners)
        named = f'id="_x0000_s{1026 + key}" style="position:absolute"'
        return f'<v:polyline {named} points="{points}" filled="f">{stroke}</v:polyline>'
    (x0, y0), (x1, y1) = start, end
    flip = ("x" if x1 < x0 else "") + ("y" if y1 < y0 else "")
    low, high = (min(x0, x1), min(y0, y1)), (max(x0, x1), max(y0, y1))
    ends = [f"{x * scale:g}{unit},{y * scale:g}{unit}" for x, y in (low, high)]
    style = "position:absolute" + (f";flip:{flip}" if flip else "")
    return f'<v:line id="_x0000_s{1026 + key}" style="{style}" from="{ends[0]}" to="{ends[1]}">{stroke}</v:line>'


def shape_types() -> str:
    paths = {
        "109": "m,l,21600r21600,l21600,xe",
        "110": "m10800,l,10800,10800,21600,21600,10800xe",
        "116": "m1018,qx,10800,1018,21600l20582,21600qx21600,10800,20582,xe",
        "202": "m,l,21600r21600,l21600,xe",
    }
    return "".join(
        f'<v:shapetype id="_x0000_t{key}" coordsize="21600,21600" o:spt="{key}" path="{path}"/>'
        for key, path in paths.items()
    )


def vml_group(chart: Chart) -> str:
    """The chart as Word 2003 writes it inside a drawing canvas: one group in the line of text."""
    w, h = size(chart)
    steps = [vml_step(step, index, inner=True) for index, step in enumerate(chart.steps)]
    arrows = [vml_arrow(chart, arrow, index, inner=True) for index, arrow in enumerate(chart.arrows, len(chart.steps))]
    return (
        f'<w:r><w:pict>{shape_types()}<v:group id="_x0000_s1025" editas="canvas" style="width:{w:g}pt;height:{h:g}pt;'
        'mso-position-horizontal-relative:char;mso-position-vertical-relative:line" '
        f'coordorigin="0,0" coordsize="{w * 20:g},{h * 20:g}">{"".join(steps + arrows)}</v:group></w:pict></w:r>'
    )


def vml_loose(chart: Chart) -> list[str]:
    """The chart as Word 2003 and WPS write shapes that float one by one."""
    runs = [vml_step(step, index, inner=False) for index, step in enumerate(chart.steps)]
    runs += [vml_arrow(chart, arrow, index, inner=False) for index, arrow in enumerate(chart.arrows, len(chart.steps))]
    first = f"<w:r><w:pict>{shape_types()}{runs[0]}</w:pict></w:r>"
    return [first, *(f"<w:r><w:pict>{run}</w:pict></w:r>" for run in runs[1:])]


def document(body: str) -> str:
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"/>'
        '<w:docGrid w:type="lines" w:linePitch="312"/></w:sectPr>'
    )
    return f"<w:document {CHART_NAMESPACES}><w:body>{body}{page}</w:body></w:document>"


def sheet_shape(step: Step, key: int) -> str:
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in step.text.split("\n"))
    return (
        f'<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="{key}" name="流程图 {key}"/><xdr:cNvSpPr/>'
        "</xdr:nvSpPr>"
        f"<xdr:spPr>{transform(step.x, step.y, step.w, step.h)}"
        f'<a:prstGeom prst="{step.form}"><a:avLst/></a:prstGeom>{outline(step.framed)}</xdr:spPr>'
        f'<xdr:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"/><a:lstStyle/>{lines}</xdr:txBody></xdr:sp>'
    )


def sheet_drawing(chart: Chart, *, ids: bool = True, first: int = 2) -> str:
    """The anchors of a worksheet's drawing, on cells of the default size."""
    pieces = [(step.x, step.y, step.w, step.h, sheet_shape(step, key)) for key, step in enumerate(chart.steps, first)]
    for key, arrow in enumerate(chart.arrows, first + len(chart.steps)):
        frame = line_frame(*chart.ends(arrow))[:4]
        pieces.append((*frame, connector(chart, arrow, key, ids=ids, first=first, prefix="xdr")))
    return "".join(anchored(*piece) for piece in pieces)


def anchored(x: float, y: float, w: float, h: float, content: str) -> str:
    def at(name: str, across: float, down: float) -> str:
        (column, aside), (row, below) = divmod(across, 48), divmod(down, 13.5)
        return (
            f"<xdr:{name}><xdr:col>{column:.0f}</xdr:col><xdr:colOff>{emu(aside)}</xdr:colOff>"
            f"<xdr:row>{row:.0f}</xdr:row><xdr:rowOff>{emu(below)}</xdr:rowOff></xdr:{name}>"
        )

    corners = at("from", x, y) + at("to", x + w, y + h)
    return f"<xdr:twoCellAnchor>{corners}{content}<xdr:clientData/></xdr:twoCellAnchor>"


def sheet_group(
    content: str, frame: tuple[float, float, float, float], inner: tuple[float, float, float, float]
) -> str:
    x, y, w, h = frame
    cx, cy, cw, ch = inner
    return (
        '<xdr:grpSp><xdr:nvGrpSpPr><xdr:cNvPr id="99" name="组合"/><xdr:cNvGrpSpPr/></xdr:nvGrpSpPr>'
        "<xdr:grpSpPr><a:xfrm>"
        f'<a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(w)}" cy="{emu(h)}"/>'
        f'<a:chOff x="{emu(cx)}" y="{emu(cy)}"/><a:chExt cx="{emu(cw)}" cy="{emu(ch)}"/></a:xfrm></xdr:grpSpPr>'
        f"{content}</xdr:grpSp>"
    )


def pict(content: str) -> str:
    return f"<w:r><w:pict>{content}</w:pict></w:r>"


def smart_art(layout: str, steps: tuple[str, ...], order: tuple[int, ...]) -> tuple[str, str]:
    """A run with SmartArt, and its data part. order: of the steps, by number, as the connections are listed."""
    point = '<dgm:pt modelId="{}"><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>'
    kind = f"urn:microsoft.com/office/officeart/2005/8/layout/{layout}"
    root = f'<dgm:pt modelId="0" type="doc"><dgm:prSet loTypeId="{kind}"/></dgm:pt>'
    nodes = "".join(point.format(number, step) for number, step in enumerate(steps, 1))
    lines = "".join(f'<dgm:cxn modelId="9{n}" srcId="0" destId="{n}" srcOrd="{n}"/>' for n in order)
    data = f"<dgm:ptLst>{root}{nodes}</dgm:ptLst><dgm:cxnLst>{lines}</dgm:cxnLst>"
    run = (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="图示"/><a:graphic><a:graphicData>'
        '<dgm:relIds r:dm="diagramData"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
    return run, f"<dgm:dataModel {NAMESPACES}>{data}</dgm:dataModel>"


def freeform(key: int, corners: tuple[tuple[float, float], ...]) -> str:
    """An open line drawn corner by corner, with an arrow at its end."""
    x0, y0 = min(x for x, _ in corners), min(y for _, y in corners)
    w, h = max(x for x, _ in corners) - x0, max(y for _, y in corners) - y0
    steps = [f'<a:pt x="{emu(x - x0)}" y="{emu(y - y0)}"/>' for x, y in corners]
    moves = f"<a:moveTo>{steps[0]}</a:moveTo>" + "".join(f"<a:lnTo>{step}</a:lnTo>" for step in steps[1:])
    return (
        f'<wps:wsp><wps:cNvPr id="{key}" name="任意多边形"/><wps:cNvSpPr/><wps:spPr>{transform(x0, y0, w, h)}'
        f'<a:custGeom><a:pathLst><a:path w="{emu(w)}" h="{emu(h)}">{moves}</a:path></a:pathLst></a:custGeom>'
        '<a:noFill/><a:ln><a:solidFill/><a:tailEnd type="arrow"/></a:ln></wps:spPr><wps:bodyPr/></wps:wsp>'
    )
