"""GoRules zen in a process of the peers' Python: ``zen_turns.py RULE CONTEXTS``.

First writes a JSON line of the results, one for each context. Then, for each number N it reads, decides N times over
the contexts and writes the CPU microseconds a decision took.
"""

import json
import sys
import time
from pathlib import Path

import zen


def main() -> None:
    rule, contexts = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:])
    # Loaded once and asked by key: several times as fast as a decision of create_decision, which compiles anew.
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"lishui": rule}}})
    print(json.dumps([engine.evaluate("lishui", each)["result"] for each in contexts]), flush=True)  # noqa: T201
    for line in sys.stdin:
        turns = int(line)
        began = time.process_time()
        for _ in range(turns):
            for context in contexts:
                engine.evaluate("lishui", context)
        spent = time.process_time() - began
        print(spent / (turns * len(contexts)) * 1e6, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
