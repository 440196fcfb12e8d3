/*
doc = '''
Weight on each answer to an item (or each value of an indicator) in every PSU of every domain: what distributions, means,
totals, ratios and quantiles are made of. A domain is an area crossed with a category.
'''
grain = "one row per area, category, PSU and value, or pair of values of two variables"
reads = ["score", "answer", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
area_set = { type = "varchar", doc = "area set whose areas are wanted" }
areas = { type = "varchar[]", doc = "the areas wanted" }
dimension = { type = "varchar", doc = "dimension whose categories are wanted" }
value = { type = "varchar", doc = "item or indicator", example = "safe_evening" }
other = { type = "varchar", doc = "second item or indicator, of a ratio; else the first again", example = "age_years" }

[result]
area = { type = "varchar", doc = "area of the set, alle for everybody" }
category = { type = "varchar", doc = "category of the dimension, alle for everybody" }
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
psu = { type = "bigint", doc = "number of the PSU, counted over all strata; people sampled directly are one each" }
value = { type = "double", doc = "answer, kinds of missing included as their negative codes" }
other = { type = "double", doc = "answer to the second item" }
n = { type = "bigint", doc = "respondents with these answers" }
weight = { type = "double", doc = "their weight" }
*/
with interviewed as (
    select score.wave, score.respondent, score.stratum, score.weight,
        dense_rank() over (order by score.wave, score.stratum, coalesce(score.psu, score.respondent)) as psu,
        columns([$value::varchar])::double as value
    from score join answer using (wave, respondent)
    where list_contains($waves::varchar[], score.wave)
),
second as (
    select score.wave, score.respondent, columns([$other::varchar])::double as other
    from score join answer using (wave, respondent)
    where list_contains($waves::varchar[], score.wave)
),
domain as (
    select wave, respondent, area, category
    from membership join grouping using (wave, respondent)
    where list_contains($waves::varchar[], wave) and area_set = $area_set::varchar
        and list_contains($areas::varchar[], area) and dimension = $dimension::varchar
)
select area, category, wave, stratum, psu, value, other, count(*) as n, sum(weight)::double as weight
from interviewed join second using (wave, respondent) join domain using (wave, respondent)
where value is not null and other is not null and weight > 0
group by area, category, wave, stratum, psu, value, other
order by area, category, wave, stratum, psu, value, other
