"""Tests of the suite as a whole; those of one add-on lie in its own folder."""
