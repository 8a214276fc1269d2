"""Trains, resumes and evaluates on this machine's GPU in every way that the project offers, and measures it."""
