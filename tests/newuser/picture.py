# SPDX-License-Identifier: Apache-2.0
"""A screen (terminal.py) as SVG: one <text> for each row, in the reader's own font of fixed
width.  The window is dark on any background, so it is readable on light and dark pages."""

import html

CELL, LINE, SIZE, MARGIN, BAR = 8.4, 19, 14, 16, 34
FONT = ("ui-monospace,SFMono-Regular,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',"
        "'Liberation Mono',monospace")
COLORS = {"red": "#ff8a80", "green": "#8ddb8c", "yellow": "#f2cc60", "dim": "#98a2b3"}


def runs(row):
    """Words of one style that stand side by side: first column, text, columns, style."""
    begin, text, n, style = 0, "", 0, None
    for at, (c, this) in enumerate(row + [("  ", None)]):
        gap = c.isspace() and (not text or text[-1] == " ")
        if text.strip() and (this != style or gap):
            yield begin, text.rstrip(" "), n - (len(text) - len(text.rstrip(" "))), style
        if this != style or gap or not text:
            begin, text, n = at + (c == " "), "", 0
        style = this
        if not (c == " " and not text):
            text, n = text + c, n + 1


def span(begin, text, n, style):
    name = ' class="%s"' % " ".join(sorted(style)) if style else ""
    return '<tspan x="%.1f" textLength="%.1f"%s>%s</tspan>' % (
        MARGIN + begin * CELL, n * CELL, name, html.escape(text))


def draw(cells, columns, title):
    """The SVG of these rows; `title` stands in the bar of the window."""
    rows = list(cells)
    while rows and not "".join(c for c, _ in rows[-1]).strip():
        rows.pop()
    w, h = columns * CELL + 2 * MARGIN, BAR + len(rows) * LINE + MARGIN
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" '
           'height="%.0f" role="img">' % (w, h, w, h),
           "<title>%s</title>" % html.escape(title),
           "<style>text{font:%dpx %s;fill:#e4e8ee;white-space:pre}" % (SIZE, FONT) +
           ".bold{font-weight:bold}" +
           "".join(".%s{fill:%s}" % c for c in sorted(COLORS.items())) + "</style>",
           '<rect width="100%" height="100%" rx="9" fill="#1c2230"/>',
           '<rect x=".5" y=".5" width="%.0f" height="%.0f" rx="8.5" fill="none" '
           'stroke="#566076"/>' % (w - 1, h - 1)]
    out += ['<circle cx="%d" cy="17" r="5.5" fill="#566076"/>' % x for x in (20, 38, 56)]
    out.append('<text x="50%%" y="21" text-anchor="middle" class="dim">%s</text>' %
               html.escape(title))
    for i, row in enumerate(rows):
        spans = "".join(span(*r) for r in runs(row))
        if spans:
            out.append('<text y="%d">%s</text>' % (BAR + i * LINE + SIZE, spans))
    return "\n".join(out) + "\n</svg>\n"
