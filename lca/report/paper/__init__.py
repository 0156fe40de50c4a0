"""The report as a document of sections, which every writer of documents walks.

`lca.report.paper.sections` makes it; HTML, PDF and text only say how a paragraph, a table, a list
and a picture look in them. Texts of users are data: each writer escapes them.
"""
