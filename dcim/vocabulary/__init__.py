"""Words that every room shares: units, choices, names of things, errors.

Pure Python: it imports nothing of ours and no framework, so that programs which run where Django is
not installed can speak the same words.
"""
