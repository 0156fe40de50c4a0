"""Why a number changed: two results as plain data, and what explains the way from one to the other.

Nothing is computed again. A line of a result is intensity times activity, year by year; the change of
a line is therefore a change of activity at the mean intensity plus a change of intensity at the mean
activity, and both add up exactly. What the files cannot tell apart is said to be so.
"""
