/*
doc = '''
Weighted sums over respondents of a PSU who are alike in areas and categories (an atom), for waves sampled in clusters.
Every domain is made of whole atoms (`estimate/locations`, `estimate/profiles`): what they sum to in each PSU is what its
variance is made of. Weights are counted in billionths, so that all sums are of whole numbers: the same in any order.
Locations that lie in the same wanted areas go by the smallest of their numbers, and so do profiles.
Rows come in no particular order: there may be almost as many as respondents.
'''
grain = "one row per wave, stratum, PSU, location and profile that has respondents"
reads = ["score", "location", "profile"]

[params]
waves = { type = "varchar[]", doc = "waves with PSUs" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are wanted" }
dimensions = { type = "varchar[]", doc = "dimensions whose categories are wanted" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
psu = { type = "varchar", doc = "sampling unit within the stratum; a respondent without one is one" }
location = { type = "integer", doc = "number that stands for the wanted areas they lie in" }
profile = { type = "integer", doc = "number that stands for the wanted categories they belong to" }
"n_(.*)" = { type = "integer", doc = "answers in the indicator's base" }
"positives_(.*)" = { type = "integer", doc = "answers that count" }
"y_(.*)" = { type = "double", doc = "weight that counts" }
"z_(.*)" = { type = "double", doc = "weight in the base that does not count" }
*/
with location_areas as (
    select wave, location, list([area_set, area] order by area_set, area) as areas
    from location
    where list_contains($waves::varchar[], wave) and list_contains($area_sets::varchar[], area_set)
    group by wave, location
),
profile_categories as (
    select wave, profile, list([dimension, category] order by dimension, category) as categories
    from profile
    where list_contains($waves::varchar[], wave) and list_contains($dimensions::varchar[], dimension)
    group by wave, profile
),
wanted_location as (
    select wave, location, min(location) over (partition by wave, areas) as wanted from location_areas
),
wanted_profile as (
    select wave, profile, min(profile) over (partition by wave, categories) as wanted from profile_categories
),
interviewed as not materialized (
    select wave, stratum, coalesce(psu, respondent) as psu,
        wanted_location.wanted as location, wanted_profile.wanted as profile,
        (weight::double * 1e9)::bigint as weight, columns($pattern)
    from score
    join wanted_location using (wave, location)
    join wanted_profile using (wave, profile)
    where list_contains($waves::varchar[], wave)
)
select wave, stratum, psu, location, profile,
    count(columns($pattern))::integer as 'n_\1',
    coalesce(sum(columns($pattern)), 0)::integer as 'positives_\1',
    coalesce(sum(weight * columns($pattern)), 0)::double / 1e9 as 'y_\1',
    coalesce(sum(weight * (1 - columns($pattern))), 0)::double / 1e9 as 'z_\1'
from interviewed
group by wave, stratum, psu, location, profile
