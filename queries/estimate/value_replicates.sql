/*
doc = "Answers to an item (or values of an indicator) with all replicate weights, for the domains asked for"
grain = "one row per area, category and respondent"
reads = ["score", "answer", "replicate_weight", "membership", "grouping"]

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
value = { type = "double", doc = "answer, kinds of missing included as their negative codes" }
other = { type = "double", doc = "answer to the second item" }
weight = { type = "double", doc = "final weight" }
replicates = { type = "double[]", doc = "replicate weights, in the order of the delivered columns" }
*/
with interviewed as (
    select score.wave, score.respondent, score.weight, columns([$value::varchar])::double as value
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
select area, category, wave, value, other, weight::double as weight, weights::double[] as replicates
from interviewed
join second using (wave, respondent)
join replicate_weight using (wave, respondent)
join domain using (wave, respondent)
where value is not null and other is not null and weight > 0
order by area, category, wave, respondent
