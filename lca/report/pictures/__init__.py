"""Pictures of a result as SVG text, one a file: drawn once for pages, documents and the manual.

Each has ``draw(...)`` that returns a `lca.report.paper.blocks.Picture`, or None where there is
nothing to draw. No script, no font and no address is in them. Colors are attributes of a palette
that color-blind readers can tell apart (Okabe and Ito 2008), with a class beside each, so that the
style sheet of a page can change them for a dark screen.
"""
