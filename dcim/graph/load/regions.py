"""Which sites lie in a region; regions themselves carry nothing, so they are no nodes."""

from __future__ import annotations

from dcim.record.places.sites import Region, Site
from dcim.record.tree import Tree


def sites_of_region(slug: str) -> frozenset[int] | None:
    """The keys of the sites in the region and in those below it; None when there is no such region.

    Notes: three queries.
    """
    if "\0" in slug:  # what PostgreSQL takes in no text
        return None
    regions = list(Region.objects.filter(slug=slug).values_list("pk", flat=True))
    if not regions:
        return None
    within = Tree.of(Region).under(regions)
    return frozenset(Site.objects.filter(region__in=within).values_list("pk", flat=True))
