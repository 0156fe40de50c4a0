"""The what-if page: a form over a scenario, answered on this machine and shown in a browser.

A *form* says which fields a page has and which scenario they make: `lca.serve.composed` compares
devices of the database, `lca.serve.opened` changes the main inputs of a file. `lca.serve.answers`
evaluates that scenario and shows blocks of its report; nothing is computed or drawn here that the
report does not have. `lca.serve.guard` keeps everybody else out.
"""
