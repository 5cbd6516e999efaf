"""Reads the event files of a folder with TensorBoard's own package, and prints every scalar as JSON.

    .venv/bin/python tools/parity/events.py FOLDER
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

# The reader keeps a random sample of a curve by default; 0 keeps every point.
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
tags = events.Tags()["scalars"]
print(json.dumps({tag: [(point.step, point.value) for point in events.Scalars(tag)] for tag in tags}))
