"""The Pulumi program: a plan document in, resources out.

It decides nothing: sizes, names and places stand in the document, and rules run before the first
resource.
"""
