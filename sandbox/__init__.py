"""The two REST APIs of the documents as one real server over a SQLite file: for demos, tests and load.

A generated company always holds, besides ordinary people,
- the documents' own records, verbatim (`sandbox.documents`);
- the project "Harbour Bridge", where 40 people work today, all of them known to check-ins under the same name;
- the project "Old Mill Restoration", where every field worker of `sandbox.cast` works: namesakes, changed names, shared mailboxes,
  other scripts.
`landmarks(path)` gives the ids of those two projects and of the groups, which no endpoint lists.

Where the documents are silent or contradict themselves, this server has decided so:
- a window is startDay to startDay + dayRange, both included (`query.window`), and time off is in it when it overlaps;
- the created and updated filters narrow assignments, not time off; a question without any people is answered with one empty page;
- a page of check-ins has 50 rows unless a limit is sent, and never more than 100;
- filters match exactly unless `Options` says otherwise, departments always; an empty one is none; an unknown parameter is ignored;
- today is the day on `Options.clock`; clocks of the generated company show UTC+1 all year.

Two more endpoints, which the documents do not have, list everybody when `Options.directories` says so (`sandbox.directories`).
With a fault plan (`Options.faults`, `sandbox.faults`) it misbehaves, so that an outage can be rehearsed.
"""

from sandbox.app import create_app
from sandbox.cast import CAST
from sandbox.company import HARBOUR_BRIDGE, OtherFile, build, ensure, landmarks
from sandbox.draft import Draft
from sandbox.faults.plan import BrokenPlan, Plan
from sandbox.faults.plan import read as read_plan
from sandbox.options import Options
from sandbox.records import Answer

__all__ = [
    "CAST",
    "HARBOUR_BRIDGE",
    "Answer",
    "BrokenPlan",
    "Draft",
    "Options",
    "OtherFile",
    "Plan",
    "build",
    "create_app",
    "ensure",
    "landmarks",
    "read_plan",
]
