"""What the hub can count: one set of figures for screens, API, command line and reports alike.

`indicators.figures` counts a period, `now` the present moment, `definitions.DEFINITIONS` says how each is
computed. Source: domain.md §3.5 (formulas), §7 (the monthly report).
"""
