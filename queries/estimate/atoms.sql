/*
doc = '''
Weighted sums over respondents alike in stratum, areas and categories (an atom), for waves where people were sampled
directly: each respondent is a PSU of one. Every domain is made of whole atoms (`estimate/locations`, `estimate/profiles`).
Weights are counted in billionths, their squares in 2^-62 of the largest, so that all sums are of whole numbers: the same
in any order. Locations that lie in the same wanted areas go by the smallest of their numbers, and so do profiles.
'''
grain = "one row per wave, stratum, location and profile that has respondents"
reads = ["score", "location", "profile"]

[params]
waves = { type = "varchar[]", doc = "waves without PSUs" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are wanted" }
dimensions = { type = "varchar[]", doc = "dimensions whose categories are wanted" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
location = { type = "integer", doc = "number that stands for the wanted areas they lie in" }
profile = { type = "integer", doc = "number that stands for the wanted categories they belong to" }
"n_(.*)" = { type = "integer", doc = "answers in the indicator's base" }
"positives_(.*)" = { type = "integer", doc = "answers that count" }
"y_(.*)" = { type = "double", doc = "weight that counts" }
"z_(.*)" = { type = "double", doc = "weight in the base that does not count" }
"yy_(.*)" = { type = "double", doc = "sum of squares of weights that count" }
"zz_(.*)" = { type = "double", doc = "sum of squares of weights in the base that do not count" }
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
unit as (
    select max(weight)::double as weight from score where list_contains($waves::varchar[], wave)
),
interviewed as not materialized (
    select wave, stratum, wanted_location.wanted as location, wanted_profile.wanted as profile,
        (score.weight::double * 1e9)::bigint as weight,
        (power(score.weight::double / nullif(unit.weight, 0), 2) * power(2.0, 62))::bigint as square,
        columns($pattern)
    from score
    join wanted_location using (wave, location)
    join wanted_profile using (wave, profile)
    cross join unit
    where list_contains($waves::varchar[], wave)
)
select wave, stratum, location, profile,
    count(columns($pattern))::integer as 'n_\1',
    coalesce(sum(columns($pattern)), 0)::integer as 'positives_\1',
    coalesce(sum(interviewed.weight * columns($pattern)), 0)::double / 1e9 as 'y_\1',
    coalesce(sum(interviewed.weight * (1 - columns($pattern))), 0)::double / 1e9 as 'z_\1',
    coalesce(sum(square * columns($pattern)), 0)::double * any_value(power(unit.weight, 2) / power(2.0, 62)) as 'yy_\1',
    coalesce(sum(square * (1 - columns($pattern))), 0)::double * any_value(power(unit.weight, 2) / power(2.0, 62)) as 'zz_\1'
from interviewed cross join unit
group by wave, stratum, location, profile
order by wave, stratum, location, profile
