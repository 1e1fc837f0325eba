"""What our add-ons cost in time, beside the same work without them: `make bench`.

Each `bench_<topic>.py` has a function `comparisons(env)`; `harness.py` measures and prints them.
Figures are for people: they depend on the machine and its load, so no test asserts them.
"""
