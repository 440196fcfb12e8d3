/*
doc = '''
Weighted sums per domain, an area crossed with a category, straight from the respondents: what a person recomputes a
share with. Estimates are made of the same respondents by way of `estimate/atoms` and `estimate/atoms_of_psus`.
'''
grain = "one row per wave, stratum, area set, area, dimension and category that has respondents"
reads = ["score", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
area_sets = { type = "varchar[]", doc = "area sets whose areas are wanted" }
dimensions = { type = "varchar[]", doc = "dimensions whose categories are wanted" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
area_set = { type = "varchar", doc = "set of areas" }
area = { type = "varchar", doc = "area of the set, alle for everybody" }
dimension = { type = "varchar", doc = "division of respondents" }
category = { type = "varchar", doc = "category of the dimension, alle for everybody" }
"n_(.*)" = { type = "bigint", doc = "answers in the indicator's base" }
"positives_(.*)" = { type = "bigint", doc = "answers that count" }
"psus_(.*)" = { type = "bigint", doc = "PSUs with an answer in the base; people sampled directly are one each" }
"a_(.*)" = { type = "double", doc = "weight in the base" }
"y_(.*)" = { type = "double", doc = "weight that counts" }
*/
with interviewed as not materialized (
    select wave, respondent, stratum, coalesce(psu, respondent) as psu, weight, columns($pattern)
    from score
    where list_contains($waves::varchar[], wave)
),
place as (
    select wave, respondent, area_set, area from membership where list_contains($area_sets::varchar[], area_set)
),
kind as (
    select wave, respondent, dimension, category from grouping where list_contains($dimensions::varchar[], dimension)
)
select wave, stratum, area_set, area, dimension, category,
    count(columns($pattern)) as 'n_\1',
    coalesce(sum(columns($pattern)), 0)::bigint as 'positives_\1',
    count(distinct case when columns($pattern) is not null then psu end) as 'psus_\1',
    coalesce(sum(case when columns($pattern) is not null then weight end), 0)::double as 'a_\1',
    coalesce(sum(case when columns($pattern) = 1 then weight end), 0)::double as 'y_\1'
from interviewed join place using (wave, respondent) join kind using (wave, respondent)
group by wave, stratum, area_set, area, dimension, category
order by area_set, area, dimension, category, wave, stratum
