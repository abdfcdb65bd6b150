"""A sandbox that misbehaves to a plan, so that an outage can be rehearsed: what, where, how often, from when until when.

`plan` reads the plan, `kinds` are its faults as values, `rehearsal` decides which of them strike a call, `answers` and `records` are what
they do to an answer, and `injector` does it to the calls of the app.
"""
