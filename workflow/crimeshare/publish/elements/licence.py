"""On what terms the figures may be passed on, in the words that every product carries."""

from __future__ import annotations

OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
"""The Open Government Licence v3.0."""

ATTRIBUTION = (
    "Contains public sector information of the Office for National Statistics and the Home Office,"
    f' licensed under the <a href="{OGL}">Open Government Licence v3.0</a>, and OS data © Crown'
    " copyright and database right 2023. Police recorded crime is published as official statistics,"
    " not as accredited official statistics."
)
"""Whose figures these are and on what terms; HTML."""

PLACES_ATTRIBUTION = (
    'Towns and villages: <a href="https://www.geonames.org/">GeoNames</a>, licensed under '
    '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>. Postcodes and borders: '
    "contains OS data © Crown copyright and database right, Royal Mail data © Royal Mail copyright "
    "and database right, and National Statistics data © Crown copyright and database right."
)
