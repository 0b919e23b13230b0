"""The analysis report (分析報告): facts are counted and frozen, findings say what they mean.

`facts` asks hub.statistics, `findings` reads the facts, `sections` lay both out as one `document`; `html`,
`pdf`, `xlsx` and `csv` draw that one document: no figure is computed twice.
Source: seed K2.3, K6.5; domain.md §7.
"""
